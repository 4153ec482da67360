package app

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
	"github.com/recoup-project/recoup/internal/format/ledger"
	"github.com/recoup-project/recoup/internal/format/unzip"
	"github.com/recoup-project/recoup/internal/store"
)

// FileUse is what a file that somebody gives is for.
type FileUse string

// What files are for.
const (
	UseList   FileUse = "list"   // documents or contacts, see CreateDraft
	UsePapers FileUse = "papers" // copies of documents, see AddPapers
)

// UseOf tells by the bytes of a file what it is for. A PDF, a picture and an archive that is
// no workbook are papers; everything else is tried as a list.
func UseOf(data []byte) FileUse {
	switch media := http.DetectContentType(data); {
	case media == "application/pdf", strings.HasPrefix(media, "image/"):
		return UsePapers
	case unzip.IsZip(data) && !bytes.Contains(data, []byte("[Content_Types].xml")):
		return UsePapers
	}
	return UseList
}

// listEndings are those of lists in an archive: beside them archives hold all kinds of things.
var listEndings = []string{".csv", ".tsv", ".txt", ".xlsx", ".xlsm"}

// PartFiles parts files by what they are for. An archive that holds lists is opened: each of
// them is a list of its own, and what else is in it are papers. An archive without lists, or
// one that cannot be opened, is a paper, and is told about as those are.
func PartFiles(files []PaperFile) (lists, papers []PaperFile) {
	for _, f := range files {
		switch inside, rest := listsIn(f); {
		case len(inside) > 0:
			lists, papers = append(lists, inside...), append(papers, rest...)
		case UseOf(f.Bytes) == UsePapers:
			papers = append(papers, f)
		default:
			lists = append(lists, f)
		}
	}
	return lists, papers
}

// errArchiveInside stops the look into an archive that holds another one: that is refused
// where papers are taken.
var errArchiveInside = errors.New("an archive within the archive")

// listsIn are the lists in an archive, and what else is in it.
func listsIn(f PaperFile) (lists, rest []PaperFile) {
	if !unzip.IsZip(f.Bytes) || UseOf(f.Bytes) == UseList {
		return nil, nil
	}
	if err := unzip.Zip(bytes.NewReader(f.Bytes), int64(len(f.Bytes)), func(name string, data []byte) error {
		one := PaperFile{Name: name, Bytes: data}
		if unzip.IsZip(data) && UseOf(data) == UsePapers {
			return errArchiveInside
		}
		if slices.Contains(listEndings, strings.ToLower(path.Ext(name))) && UseOf(data) == UseList && len(data) > 0 {
			lists = append(lists, one)
		} else {
			rest = append(rest, one)
		}
		return nil
	}); err != nil {
		return nil, nil
	}
	return lists, rest
}

// DraftOverdue is a customer of a file with what is overdue of it.
type DraftOverdue struct {
	Key          string // for Reminded
	Number, Name string
	Rows         int
	Open         []MoneyText // by currency
	most         int64
}

// MostOverdue bounds the customers of a preview that have something overdue.
const MostOverdue = 200

// late lists the customers with overdue rows, the largest first.
func (st *stage) late(on cal.Date) []DraftOverdue {
	type sums map[money.Currency]int64
	at := map[int32]int{}
	var list []DraftOverdue
	var open []sums
	for i := range st.rows {
		r := &st.rows[i]
		if !r.overdue(on) {
			continue
		}
		k, known := at[r.customer]
		if !known {
			c := &st.customers[r.customer]
			k = len(list)
			at[r.customer] = k
			list = append(list, DraftOverdue{Key: c.key(), Number: c.number, Name: c.name})
			open = append(open, sums{})
		}
		currency := st.currencies[r.currency]
		list[k].Rows++
		open[k][currency] = money.AddMinor(open[k][currency], r.open)
		list[k].most = max(list[k].most, open[k][currency])
	}
	for k := range list {
		for currency, sum := range open[k] {
			list[k].Open = append(list[k].Open, moneyText(sum, currency))
		}
		slices.SortFunc(list[k].Open, func(x, y MoneyText) int { return cmp.Compare(x.Currency, y.Currency) })
	}
	slices.SortStableFunc(list, func(x, y DraftOverdue) int { return cmp.Compare(y.most, x.most) })
	return list[:min(len(list), MostOverdue)]
}

// openOn adds up what is open by the end of a day: without what the file dates later, and with
// what it says was paid later. Count is the documents that are open.
func (st *stage) openOn(day cal.Date) []ImportTotal {
	sums := make([]int64, len(st.currencies))
	counts := make([]int, len(st.currencies))
	for i := range st.rows {
		r := &st.rows[i]
		if r.invoice != cal.None && r.invoice > day {
			continue
		}
		open := r.open
		if r.paidOn != cal.None && r.paidOn > day {
			open = money.AddMinor(open, r.paid)
		}
		if open != 0 {
			counts[r.currency]++
		}
		if r.credit {
			open = -open
		}
		sums[r.currency] = money.AddMinor(sums[r.currency], open)
	}
	var list []ImportTotal
	for i, c := range st.currencies {
		text := money.FormatMinor(sums[i], c.Exponent())
		list = append(list, ImportTotal{Currency: c, Count: counts[i], Amount: text, Open: text})
	}
	slices.SortFunc(list, func(x, y ImportTotal) int { return cmp.Compare(x.Currency, y.Currency) })
	return list
}

// MapColumns says of each column of a file what it is: fields are names of fields in the
// order of the header, "" for a column that is not read. now is how they are read without it.
// What is as before says nothing. Errors: invalid (answer_invalid).
func (d *DraftAnswers) MapColumns(now []DraftColumn, fields []string) error {
	if len(fields) != len(now) {
		return invalid("answer_invalid", "the file has %d columns, not %d: look at it again", len(now), len(fields))
	}
	columns := map[ledger.Field]string{}
	for f, header := range d.Columns {
		columns[f] = header
	}
	for i, c := range now {
		if old, ok := ledger.ParseField(c.Field); ok && c.Field != fields[i] {
			columns[old] = ""
		}
	}
	for i, name := range fields {
		if name == "" || name == now[i].Field {
			continue
		}
		f, ok := ledger.ParseField(name)
		switch {
		case !ok:
			return invalid("answer_invalid", "%q is nothing that a column can be", name)
		case slices.Index(fields, name) < i || slices.Contains(fields[i+1:], name):
			return invalid("answer_invalid", "two columns cannot both be the %s", strings.ReplaceAll(name, "_", " "))
		case strings.TrimSpace(now[i].Header) == "":
			return invalid("answer_invalid", "column %d has no heading: give it one in the file", i+1)
		}
		columns[f] = now[i].Header
	}
	d.Columns = columns
	return nil
}

// Missing names the settings without which no message of a creditor can leave. Errors: not
// found (creditor).
func (a *App) Missing(ctx context.Context, creditor string) (names []string, err error) {
	err = a.read(ctx, func(tx store.Tx) error {
		d, err := a.deskOf(tx, creditor)
		if err != nil {
			return err
		}
		names = d.missing()
		return nil
	})
	return names, err
}
