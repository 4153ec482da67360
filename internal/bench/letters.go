package main

import (
	"context"
	"fmt"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/document"
	"github.com/recoup-project/recoup/internal/document/letter"
	"github.com/recoup-project/recoup/internal/document/locale"
	"github.com/recoup-project/recoup/internal/document/pdf"
)

// What a letter and a print of many may take.
const (
	printLetters = 10_000
	letterMillis = 4.5
	letterBytes  = 20_000
	printSeconds = 60
	printMB      = 300
	aloneLetters = 1000
)

// lettersJob: one letter as a file of its own, and ten thousand as one file.
func (s *suite) lettersJob() error {
	alone, err := s.do(task{Name: "ours letters", Count: aloneLetters})
	if err != nil {
		return err
	}
	each, size := alone.CPU*1000/aloneLetters, alone.Facts["bytes"]/aloneLetters
	s.add(row{job: "a letter as PDF", engine: "–", ours: fmt.Sprintf("%.2f ms", each),
		target: fmt.Sprintf("≤ %g ms", letterMillis), met: verdictOf(each <= letterMillis)})
	s.add(row{job: "its size", engine: "–", ours: fmt.Sprintf("%d bytes", size),
		target: fmt.Sprintf("≤ %d bytes", letterBytes), met: verdictOf(size <= letterBytes)})
	batch, err := s.do(task{Name: "ours print", Count: printLetters})
	if err != nil {
		return err
	}
	s.add(row{job: "10,000 letters in one file", engine: "–", ours: seconds(batch.Wall),
		target: fmt.Sprintf("≤ %d s", printSeconds), met: verdictOf(batch.Wall <= printSeconds)})
	s.add(row{job: "10,000 letters, peak memory", engine: "–", ours: fmt.Sprintf("%.0f MB", batch.PeakMB),
		target: fmt.Sprintf("≤ %d MB", printMB), met: verdictOf(batch.PeakMB <= printMB)})
	return nil
}

// counted counts the bytes of a file that nobody reads.
type counted int64

func (c *counted) Write(p []byte) (int, error) {
	*c += counted(len(p))
	return len(p), nil
}

var look = letter.Look{Country: "GB", Colour: pdf.Colour{R: 0x1d, G: 0x4e, B: 0x89}}

// oursLetters writes letters, each as a file of its own.
func oursLetters(_ context.Context, t *task, m *meter) error {
	size, pages := int64(0), int64(0)
	err := m.measure(func() error {
		for i := range t.Count {
			l, err := benchLetter(i)
			if err != nil {
				return err
			}
			data, result, err := letter.Render(look, l)
			if err != nil {
				return err
			}
			size, pages = size+int64(len(data)), pages+int64(result.Pages)
		}
		return nil
	})
	m.fact("bytes", size)
	m.fact("pages", pages)
	return err
}

// oursPrint writes letters into one file.
func oursPrint(_ context.Context, t *task, m *meter) error {
	var size counted
	pages := 0
	err := m.measure(func() error {
		b := letter.NewBatch(&size, look, "Letters", "Northgate Fixings Ltd", true)
		for i := range t.Count {
			l, err := benchLetter(i)
			if err != nil {
				return err
			}
			b.Add(l)
		}
		pages = b.Pages()
		return b.Close()
	})
	m.fact("bytes", int64(size))
	m.fact("pages", int64(pages))
	return err
}

// benchLetter is a formal reminder about four invoices to one of many customers.
func benchLetter(i int) (letter.Letter, error) {
	m := document.Message{Language: locale.EnglishGB, Step: document.Formal, Date: cal.MustParse("2026-11-17"),
		PayBy: cal.MustParse("2026-11-24"), Currency: currency, Reference: fmt.Sprintf("C%06d", i),
		Creditor: document.Creditor{LegalName: "Northgate Fixings Ltd", Address: []string{"Unit 4, Canal Road", "Leeds LS12 2EJ"},
			Register: "01234567", RegisteredIn: "England and Wales", Office: "Unit 4, Canal Road, Leeds LS12 2EJ",
			Person: "Helen Marsh", Phone: "0113 496 0142", ReplyTo: "accounts@northgate.example",
			Bank: document.BankDetails{Holder: "Northgate Fixings Ltd", SortCode: "12-34-56", Account: "12345678",
				UnchangedSince: cal.MustParse("2018-09-03")}},
		Debtor: document.Debtor{LegalName: fmt.Sprintf("Customer %d Trading Ltd", i), CustomerNumber: fmt.Sprintf("C%06d", i),
			Address: []string{fmt.Sprintf("%d Mill Lane", i%200+1), "York", "YO1 9XX"}},
	}
	for k := range 4 {
		open := int64(12345 + 777*(i%100) + 1000*k)
		m.Items = append(m.Items, document.Item{Number: fmt.Sprintf("INV-%06d", 4*i+k), InvoiceDate: cal.MustParse("2026-09-10") + cal.Date(k),
			DueDate: cal.MustParse("2026-10-10") + cal.Date(k), OriginalMinor: open, OpenMinor: open})
	}
	t, err := document.Shipped(m.Language, m.Step, m.Variant)
	if err != nil {
		return letter.Letter{}, err
	}
	o, err := document.Outlined(t, m)
	return letter.Letter{Message: m, Outline: o}, err
}
