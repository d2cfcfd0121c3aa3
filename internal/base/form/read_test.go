package form_test

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzBody reads posted forms of both kinds from anybody: they are taken or refused,
// and nothing breaks.
//
// Holds: v5.0.0-2.2.1 DB3-8.1.4.4-d AB-34
func FuzzBody(f *testing.F) {
	for _, s := range []string{"title=x&lines.0.item=lamp&lines.0.qty=1", "a=%zz", "&&&", "title=%00", "lines.99999999999.item=x", "title=x;y=z", "lines.-1.item=x&lines..item=x"} {
		f.Add("application/x-www-form-urlencoded", s)
	}
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nx\r\n--b--")
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"../../a\"\r\n\r\nx\r\n--b--")
	f.Add("multipart/form-data", "--")
	f.Add("text/plain", "{}")
	f.Fuzz(func(t *testing.T, kind, body string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header["Content-Type"] = []string{kind}
		if o, err := read(t, r); err == nil && len(o.Lines) > 3 {
			t.Errorf("%d lines", len(o.Lines))
		}
	})
}
