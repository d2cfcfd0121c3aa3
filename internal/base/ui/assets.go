package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed assets
var assetFiles embed.FS

// asset is one file as it is sent. Its address carries a hash of its bytes, so a
// browser may keep it for ever.
type asset struct {
	name, hashed, kind string
	plain              func() []byte
	zip                func() []byte // nil when packing does not pay
}

var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".png": "image/png", ".wasm": "application/wasm", ".webmanifest": "application/manifest+json",
}

// assets are read once, at the first page. The stylesheet and the script are
// written in parts, one story each, and sent as one file.
var assets = sync.OnceValue(func() map[string]*asset {
	all := map[string]*asset{}
	add := func(name string, data []byte) {
		sum := sha256.Sum256(data)
		name, packed := strings.CutSuffix(name, ".gz") // what is large lies packed in the program
		ext, as := path.Ext(name), func() []byte { return data }
		a := &asset{name: name, kind: kinds[ext], plain: as}
		a.hashed = strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		switch {
		case packed:
			a.plain, a.zip = func() []byte { return unpack(data) }, as
		case ext != ".png":
			a.zip = sync.OnceValue(func() []byte { return squeeze(data) })
		}
		all[name] = a
	}
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err) // the program was built without its files
	}
	for _, e := range entries {
		if !e.IsDir() && e.Name() != "manifest.webmanifest" {
			add(e.Name(), read("assets/"+e.Name()))
		}
	}
	add("houqin.css", joined("assets/css"))
	add("houqin.js", joined("assets/js"))
	manifest := string(read("assets/manifest.webmanifest"))
	for _, icon := range []string{"icon-192.png", "icon-512.png", "icon.svg"} {
		if a := all[icon]; a != nil {
			manifest = strings.ReplaceAll(manifest, `"`+icon+`"`, `"/assets/`+a.hashed+`"`)
		}
	}
	add("manifest.webmanifest", []byte(manifest))
	return all
})

var byHash = sync.OnceValue(func() map[string]*asset {
	m := map[string]*asset{}
	for _, a := range assets() {
		m[a.hashed] = a
	}
	return m
})

func read(name string) []byte {
	data, err := assetFiles.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return data
}

func joined(dir string) []byte {
	entries, err := assetFiles.ReadDir(dir)
	if err != nil {
		panic(err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	var all bytes.Buffer
	for _, e := range entries {
		all.Write(read(dir + "/" + e.Name()))
		all.WriteByte('\n')
	}
	return all.Bytes()
}

func squeeze(data []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is a constant: no error
	z.Write(data)                                         // a Buffer does not fail
	z.Close()
	return b.Bytes()
}

func unpack(data []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		panic(err) // the program was built with something else
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		panic(err)
	}
	return plain
}

// Asset is the address of an embedded file, "/assets/houqin.3f2a….css". An
// unknown name panics: it is a mistake in a page, found by the first test of it.
func Asset(name string) string {
	a := assets()[name]
	if a == nil {
		panic("ui: no asset " + name)
	}
	return "/assets/" + a.hashed
}

// cached are the files that a phone keeps to draw pages without a network.
var cached = []string{"houqin.css", "houqin.js", "early.js", "htmx.min.js", "signature_pad.min.js", "icon.svg", "icon-192.png", "icon-512.png", "manifest.webmanifest"}

// Worker is the service worker: its parts after the addresses of the files that it
// keeps, so that it changes whenever one of them does. Switched off it is one that
// takes itself and what it kept away again.
func Worker(on bool) []byte {
	if !on {
		return assets()["farewell.js"].plain()
	}
	at := make([]string, len(cached))
	for i, name := range cached {
		at[i] = Asset(name)
	}
	list, _ := json.Marshal(at) // of texts: no error
	body := joined("assets/worker")
	sum := sha256.Sum256(append(list, body...))
	return fmt.Appendf(nil, "\"use strict\";\nconst cacheName = \"houqin-%x\", cachedFiles = %s;\n%s", sum[:6], list, body)
}

// Assets serves the embedded files below /assets/, for ever and packed where the
// browser takes that; all else there is not found.
func Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := byHash()[strings.TrimPrefix(r.URL.Path, "/assets/")]
		if a == nil {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("ETag", `"`+a.hashed+`"`)
		if r.Header.Get("If-None-Match") == `"`+a.hashed+`"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		body := a.plain
		if a.zip != nil {
			h.Set("Vary", "Accept-Encoding")
			if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				body = a.zip
				h.Set("Content-Encoding", "gzip")
			}
		}
		data := body()
		h.Set("Content-Length", strconv.Itoa(len(data)))
		if r.Method == http.MethodGet {
			w.Write(data)
		}
	})
}
