package law

import (
	"fmt"

	"github.com/recoup-project/recoup/internal/core/cal"
)

// Confidence says how well a value of the law is established.
type Confidence uint8

// The three grades. A value marked Uncertain may be shown to staff; no figure is
// ever computed from it. The zero value is not a grade.
const (
	Uncertain Confidence = iota + 1
	Medium
	High
)

// String is the grade as it stands in the data: "HIGH".
func (c Confidence) String() string {
	switch c {
	case Uncertain:
		return "UNCERTAIN"
	case Medium:
		return "MEDIUM"
	case High:
		return "HIGH"
	}
	return fmt.Sprintf("Confidence(%d)", uint8(c))
}

// UnmarshalText reads HIGH, MEDIUM or UNCERTAIN.
func (c *Confidence) UnmarshalText(b []byte) error {
	switch string(b) {
	case "HIGH":
		*c = High
	case "MEDIUM":
		*c = Medium
	case "UNCERTAIN":
		*c = Uncertain
	default:
		return fmt.Errorf("%q is no confidence (expected HIGH, MEDIUM or UNCERTAIN)", b)
	}
	return nil
}

// Source says where a value comes from, how sure it is and when it was last checked.
type Source struct {
	Text       string // statute, order, notice or court decision
	Confidence Confidence
	CheckedOn  cal.Date
}
