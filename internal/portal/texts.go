package portal

import (
	"embed"
	"encoding/csv"
	"strconv"
	"strings"
	"sync"

	"github.com/recoup-project/recoup/internal/document/locale"
)

// Texts are kept as a table for whoever translates: a line for each sentence, a column for
// each language. American English is British where its column is empty.
//
//go:embed texts.csv
var textFile embed.FS

// texts are the sentences of one language by key.
type texts map[string]string

// catalogue is every sentence of the page, by language.
var catalogue = sync.OnceValue(func() map[locale.Language]texts {
	f, err := textFile.Open("texts.csv")
	if err != nil {
		panic("the texts of the debtor's page cannot be read: " + err.Error())
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		panic("the texts of the debtor's page cannot be read: " + err.Error())
	}
	all := map[locale.Language]texts{}
	for column, tag := range rows[0][1:] {
		t := texts{}
		for _, row := range rows[1:] {
			t[row[0]] = row[column+1]
			if t[row[0]] == "" {
				t[row[0]] = locale.Language(tag).Words(row[1])
			}
		}
		all[locale.Language(tag)] = t
	}
	return all
})

// say is a sentence with what it speaks of in its places {0}, {1} …. It panics for a key that
// is not there, which the test of the page finds.
func (t texts) say(key string, args ...string) string {
	s, ok := t[key]
	if !ok {
		panic("no text " + key)
	}
	if len(args) == 0 {
		return s
	}
	var pairs []string
	for i, a := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", a)
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
