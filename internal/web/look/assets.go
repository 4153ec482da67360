package look

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/recoup-project/recoup/internal/plot"
)

//go:embed assets
var files embed.FS

// asset is a file of the look, ready to be sent.
type asset struct {
	mediaType string
	plain     []byte
	packed    func() []byte // gzip, made when it is first asked for; nil where it would not help
	url       string        // with a part of its hash, so that it may be kept for ever
}

// assets are all files of the look by name; their addresses change with their content.
var assets = sync.OnceValue(func() map[string]*asset {
	all := map[string]*asset{}
	err := fs.WalkDir(files, "assets", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, "LICENSE") {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(name, "assets/")
		all[name] = &asset{mediaType: mediaType(name), plain: body}
		return nil
	})
	if err != nil {
		panic("the embedded assets cannot be read: " + err.Error())
	}
	pages := all["recoup.css"]
	pages.plain = append(pages.plain, plot.CSS...)
	for name, a := range all {
		if path.Ext(name) != ".css" {
			a.settle(name)
		}
	}
	for name, a := range all {
		if path.Ext(name) == ".css" { // names the fonts by their addresses
			for font, f := range all {
				a.plain = bytes.ReplaceAll(a.plain, []byte("url("+font+")"), []byte("url("+f.url+")"))
			}
			a.settle(name)
		}
	}
	return all
})

// mediaTypes are those of our files; the computer's own table of them may differ, and takes
// longer to read than all files of the look.
var mediaTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".woff2": "font/woff2"}

func mediaType(name string) string {
	t := mediaTypes[path.Ext(name)]
	if t == "" {
		panic("no media type for the asset " + name)
	}
	return t
}

// settle gives a file its address, and a packed form where that helps.
func (a *asset) settle(name string) {
	sum := sha256.Sum256(a.plain)
	ext := path.Ext(name)
	a.url = "/assets/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	if ext == ".woff2" {
		return
	}
	a.packed = sync.OnceValue(func() []byte {
		var packed bytes.Buffer
		w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		w.Write(a.plain)
		w.Close()
		return packed.Bytes()
	})
}

// URL is the address of a file of the look, such as "recoup.css". It panics for a name
// that is not there, which every test of a page finds.
func URL(name string) string {
	a := assets()[name]
	if a == nil {
		panic("no asset " + name)
	}
	return a.url
}

// Handler serves the files of the look below /assets/. They never change under their
// address, so browsers keep them.
func Handler() http.Handler {
	byURL := map[string]*asset{}
	for _, a := range assets() {
		byURL[a.url] = a
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := byURL[r.URL.Path]
		if a == nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.mediaType)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		body := a.plain
		if a.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = a.packed()
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method != http.MethodHead {
			w.Write(body)
		}
	})
}
