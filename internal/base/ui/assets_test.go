package ui

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"image/png"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func get(t *testing.T, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Assets().ServeHTTP(w, r)
	return w.Result()
}

func TestAssetsAreKeptForEver(t *testing.T) {
	at := Asset("houqin.css")
	if !regexp.MustCompile(`^/assets/houqin\.[0-9a-f]{12}\.css$`).MatchString(at) {
		t.Fatalf("address %s", at)
	}
	plain := get(t, at)
	if plain.StatusCode != 200 || plain.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || plain.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("%d %v", plain.StatusCode, plain.Header)
	}
	body, _ := io.ReadAll(plain.Body)
	packed := get(t, at, "Accept-Encoding", "br, gzip")
	if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("not packed: %v", packed.Header)
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := io.ReadAll(z); !bytes.Equal(again, body) {
		t.Error("packed and plain differ")
	}
	if got := get(t, at, "If-None-Match", plain.Header.Get("ETag")).StatusCode; got != http.StatusNotModified {
		t.Errorf("asked again: %d", got)
	}
}

// Holds: v5.0.0-13.4.3
func TestOtherAddressesAreNotFound(t *testing.T) {
	for _, at := range []string{"/assets/houqin.css", "/assets/", "/assets/houqin.000000000000.css", "/assets/../assets.go", "/assets/css/1-base.css"} {
		if got := get(t, at).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: %d", at, got)
		}
	}
}

func TestAnUnknownAssetIsAMistakeInAPage(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Asset("tabler.css")
}

func TestThePhoneFindsItsPictures(t *testing.T) {
	var m struct {
		Icons []struct{ Src, Sizes string }
	}
	if err := json.NewDecoder(get(t, Asset("manifest.webmanifest")).Body).Decode(&m); err != nil {
		t.Fatal(err)
	}
	if len(m.Icons) != 3 {
		t.Fatalf("%d icons", len(m.Icons))
	}
	for _, i := range m.Icons {
		r := get(t, i.Src)
		if r.StatusCode != 200 {
			t.Errorf("%s: %d", i.Src, r.StatusCode)
			continue
		}
		if strings.HasSuffix(i.Src, ".png") {
			c, err := png.DecodeConfig(r.Body)
			if err != nil || strconv.Itoa(c.Width)+"x"+strconv.Itoa(c.Height) != i.Sizes {
				t.Errorf("%s is %d × %d: %v", i.Src, c.Width, c.Height, err)
			}
		}
	}
}

// Own scripts do nothing the policy forbids, and put foreign text into pages as text.
// Holds: v5.0.0-3.4.3 v5.0.0-3.7.1
func TestScriptsStayWithinThePolicy(t *testing.T) {
	files, _ := filepath.Glob("assets/js/*.js")
	if len(files) == 0 {
		t.Fatal("no scripts")
	}
	workers, _ := filepath.Glob("assets/worker/*.js")
	if len(workers) == 0 {
		t.Fatal("no worker")
	}
	for _, f := range slices.Concat(files, workers, []string{"assets/early.js", "assets/sheet.js", "assets/farewell.js"}) {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, no := range []string{"eval(", "new Function", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", `setAttribute("style"`, ".style.", "new Date", "Date.now", "://"} {
			if strings.Contains(string(data), no) && (no != "Date.now" || f != "assets/worker/1-shelf.js") { // the phone's clock, only ever said
				t.Errorf("%s holds %s", f, no)
			}
		}
	}
	for _, name := range []string{"htmx.min.js", "zxing_reader.min.js", "signature_pad.min.js"} {
		for _, host := range regexp.MustCompile(`https?://([a-z0-9.-]+)`).FindAllSubmatch(assets()[name].plain(), -1) {
			if h := string(host[1]); h != "www.w3.org" && h != "github.com" { // names of formats and of the author
				t.Errorf("%s asks %s", name, h)
			}
		}
	}
}

func TestIconsThatAreAskedForExist(t *testing.T) {
	templs, _ := filepath.Glob("*.templ")
	gos, _ := filepath.Glob("*.go")
	n := 0
	for _, f := range append(templs, gos...) {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:@Icon\(|Icon: +|i\.Icon, |e\.Icon, |t\.Icon, |n\.Icon, |return )"([a-z0-9-]+)"`).FindAllStringSubmatch(string(data), -1) {
			if !strings.HasPrefix(m[0], "return") || f == "door.go" || f == "parts.go" && strings.Contains(m[1], "-") {
				n++
				if !HasIcon(m[1]) {
					t.Errorf("%s: no icon %q", f, m[1])
				}
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d icons looked at", n)
	}
}

// tokens reads the colours of one light from the stylesheet.
func tokens(t *testing.T, from, to string) map[string]string {
	t.Helper()
	css := string(assets()["houqin.css"].plain())
	_, css, ok := strings.Cut(css, from)
	if !ok {
		t.Fatalf("no %s", from)
	}
	css, _, _ = strings.Cut(css, to)
	found := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{3,6});`).FindAllStringSubmatch(css, -1) {
		found[m[1]] = m[2]
	}
	return found
}

// contrast is the ratio of WCAG 2.2 between two colours.
func contrast(t *testing.T, a, b string) float64 {
	light := func(s string) float64 {
		s = strings.TrimPrefix(s, "#")
		if len(s) == 3 {
			s = string([]byte{s[0], s[0], s[1], s[1], s[2], s[2]})
		}
		var sum float64
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(s[2*i:2*i+2], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			c := float64(n) / 255
			if c <= 0.04045 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			sum += weight * c
		}
		return sum
	}
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestColoursCanBeReadInBothLights(t *testing.T) {
	dark := tokens(t, `html[data-theme="dark"] {`, "}")
	for name, light := range map[string]map[string]string{"light": tokens(t, ":root {", "}"), "dark": dark} {
		for _, p := range []struct {
			text, on string
			least    float64
		}{
			{"text", "ground", 7}, {"text", "paper", 7}, {"text", "sunk", 7}, {"text", "over", 7},
			{"soft", "ground", 4.5}, {"soft", "paper", 4.5}, {"soft", "sunk", 4.5}, {"soft", "over", 4.5}, {"soft", "accent-tint", 4.5},
			{"accent-text", "ground", 4.5}, {"accent-text", "paper", 4.5}, {"accent-text", "over", 4.5}, {"accent-text", "accent-tint", 4.5}, {"accent-text", "danger-tint", 4.5}, {"accent-text", "soon-tint", 4.5}, {"accent-text", "done-tint", 4.5},
			{"on-accent", "accent", 4.5}, {"on-accent", "accent-deep", 4.5}, {"on-accent", "danger", 4.5},
			{"danger-text", "paper", 4.5}, {"danger-text", "ground", 4.5}, {"danger-text", "danger-tint", 4.5}, {"danger-text", "over", 4.5},
			{"soon-text", "paper", 4.5}, {"soon-text", "soon-tint", 4.5}, {"soon-text", "over", 4.5},
			{"done-text", "paper", 4.5}, {"done-text", "done-tint", 4.5}, {"done-text", "over", 4.5},
			{"edge", "paper", 3}, {"edge", "ground", 3}, {"danger", "paper", 3}, {"soon", "paper", 3}, {"done", "paper", 3}, {"accent", "paper", 3},
		} {
			if light[p.text] == "" || light[p.on] == "" {
				t.Fatalf("%s: no colour %s or %s", name, p.text, p.on)
			}
			if got := contrast(t, light[p.text], light[p.on]); got < p.least {
				t.Errorf("%s: %s on %s is %.2f : 1, want %.1f", name, p.text, p.on, got, p.least)
			}
		}
	}
	auto := tokens(t, `html[data-theme="auto"] {`, "}")
	for k, v := range dark {
		if auto[k] != v {
			t.Errorf("--%s is %s in the dark of choice and %s in the dark of the system", k, v, auto[k])
		}
	}
}

// Old ward computers run browsers that drop a whole rule for one word they do not know.
func TestTheStylesheetIsReadByOldBrowsers(t *testing.T) {
	for _, no := range []string{":has(", "color-mix(", "oklch(", "@layer", "light-dark(", "@container", "@import", "url("} {
		if bytes.Contains(assets()["houqin.css"].plain(), []byte(no)) {
			t.Errorf("the stylesheet holds %s", no)
		}
	}
}
