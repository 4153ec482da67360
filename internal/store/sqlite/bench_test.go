package sqlite_test

import (
	"testing"

	"github.com/recoup-project/recoup/internal/store/storetest"
)

func BenchmarkEngine(b *testing.B) { storetest.Bench(b, engine) }
