package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// never are packages that no program of ours imports, with what is to be used.
var never = map[string]string{
	"crypto/md5": "crypto/sha256", "crypto/sha1": "crypto/sha256", "crypto/des": "age", "crypto/rc4": "age", "math/rand": "base/id", "crypto/dsa": "crypto/ecdsa",
	"unsafe": "nothing", "C": "nothing", "text/template": "templ", "html/template": "templ", "encoding/gob": "form.Read", "plugin": "nothing", "net/smtp": "nothing yet", "net/rpc": "nothing",
}

// allowed are the exceptions, with their reason.
var allowed = map[string]string{
	"internal/people/leaked.go crypto/sha1":      "lists of passwords that got out are kept by it; it protects nothing here",
	"internal/base/ui/parts_templ.go templ.Raw(": "a code drawn by base/qr from its squares; no text of anybody's is in it",
}

// words that stand in no source, with the reason.
var unsaid = []struct {
	is  *regexp.Regexp
	why string
}{
	{regexp.MustCompile(`\.(PostFormValue|FormValue)\(`), "it mixes the address with the body; use form.Read or URL.Query"},
	{regexp.MustCompile(`templ\.Raw\(|@templ\.Raw`), "it puts text into a page as markup"},
	{regexp.MustCompile(`cipher\.NewCBC|cipher\.NewCTR|cipher\.NewOFB|EncryptPKCS1v15|SignPKCS1v15`), "it does not notice what was altered"},
}

// The source holds nothing that would undo what the tests elsewhere show: no weak
// cipher or hash, no template from text, no shell, no script that writes markup.
//
// Holds: v5.0.0-1.2.5 v5.0.0-1.3.1 v5.0.0-1.3.2 v5.0.0-1.3.5 v5.0.0-1.3.7 v5.0.0-1.4.1 v5.0.0-3.2.2 v5.0.0-3.5.5 v5.0.0-3.6.1 v5.0.0-3.7.1 v5.0.0-11.2.1 v5.0.0-11.3.1 v5.0.0-11.3.2 v5.0.0-11.4.1 v5.0.0-12.3.2 v5.0.0-14.2.3 v5.0.0-15.3.7 PI-26 A04:2025
func TestTheSourceHoldsNothingThatUndoesIt(t *testing.T) {
	root, _ := house()
	files := 0
	for _, part := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, _ := filepath.Rel(root, path)
			b, err := os.ReadFile(path)
			text := string(b)
			switch {
			case strings.HasSuffix(path, ".js") && !strings.HasSuffix(path, ".min.js"):
				files++
				for _, no := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "\"message\"", "ActiveX", "http://", "https://", "__proto__"} {
					if strings.Contains(text, no) {
						t.Errorf("%s says %s", name, no)
					}
				}
			case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
				files++
				f, err := parser.ParseFile(token.NewFileSet(), path, b, parser.ImportsOnly)
				if err != nil {
					return err
				}
				for _, i := range f.Imports {
					p, _ := strconv.Unquote(i.Path.Value)
					if use := never[p]; use != "" && allowed[name+" "+p] == "" {
						t.Errorf("%s imports %s: use %s", name, p, use)
					}
					if p == "os/exec" && !strings.HasPrefix(name, "internal/base/pgtest") {
						t.Errorf("%s starts other programs", name)
					}
				}
				for _, no := range unsaid {
					if at := no.is.FindString(text); at != "" && allowed[name+" "+at] == "" {
						t.Errorf("%s says %s: %s", name, at, no.why)
					}
				}
				if strings.Contains(text, "InsecureSkipVerify: true") {
					t.Errorf("%s takes whoever answers", name)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 200 {
		t.Errorf("only %d files were read", files)
	}
}
