package web

import (
	"cmp"
	"io"
	"os"
	"strconv"

	"github.com/recoup-project/recoup/internal/app"
	"github.com/recoup-project/recoup/internal/web/look"
)

// exportFile hands out a table as CSV or XLSX. It is written to a file first, so that a slow
// line holds no snapshot of the book.
func exportFile(v *visit) error {
	on, err := v.day("on")
	if err != nil {
		return err
	}
	req := app.ExportRequest{What: v.r.PathValue("what"), Format: cmp.Or(v.r.FormValue("format"), "csv"),
		Creditor: v.creditor.Code, AsOf: on, Sort: v.r.FormValue("sort"), Weeks: v.weeksOf(),
		Cause: v.r.FormValue("cause")}
	if req.Items, err = v.itemFilter(); err != nil {
		return err
	}
	if req.List, err = v.customerFilter(); err != nil {
		return err
	}
	req.Run, _ = strconv.ParseInt(v.r.FormValue("run"), 10, 64)
	if req.What == "timeline" {
		req.Customer, _ = strconv.ParseInt(v.r.FormValue("customer"), 10, 64)
		if _, err := v.customerOf(req.Customer); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp("", "export")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	done, err := v.App.Export(v.r.Context(), f, req)
	if err != nil {
		return err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return v.stream(done.Name, done.MediaType, size, f)
}

// stream sends a file as file does, piece by piece.
func (v *visit) stream(name, mediaType string, size int64, from io.Reader) error {
	h := v.w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", look.Disposition(name))
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Cache-Control", "no-store")
	_, err := io.Copy(v.w, from)
	return err
}
