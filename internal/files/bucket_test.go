package files_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// bucketService is as much of an S3 service as the store uses, in memory. It
// checks that requests are signed with its key, though not the signature.
type bucketService struct {
	mu      sync.Mutex
	objects map[string]object
	down    bool
}

type object struct {
	data []byte
	at   time.Time
}

func newBucketService(t testing.TB) (*bucketService, string, http.RoundTripper) {
	t.Helper()
	s := &bucketService{objects: map[string]object{}}
	server := httptest.NewTLSServer(s)
	t.Cleanup(server.Close)
	return s, strings.TrimPrefix(server.URL, "https://"), &http.Transport{TLSClientConfig: &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}}
}

func (s *bucketService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	refuse := func(status int, code string) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, code)
		}
	}
	if s.down {
		refuse(http.StatusForbidden, "AccessDenied") // the library does not try again
		return
	}
	if !strings.Contains(r.Header.Get("Authorization"), "Credential=KEY/") {
		refuse(http.StatusForbidden, "AccessDenied")
		return
	}
	name, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if name != "hospital" {
		refuse(http.StatusNotFound, "NoSuchBucket")
		return
	}
	o, there := s.objects[key]
	switch {
	case r.URL.Query().Has("location"):
		io.WriteString(w, `<LocationConstraint></LocationConstraint>`)
	case r.URL.Query().Has("list-type"):
		s.list(w, r.URL.Query().Get("prefix"))
	case r.Method == http.MethodPut:
		data, err := io.ReadAll(r.Body)
		if err == nil && strings.Contains(r.Header.Get("Content-Encoding")+r.Header.Get("X-Amz-Content-Sha256"), "STREAMING") {
			data, err = unchunk(data)
		}
		if err != nil {
			refuse(http.StatusBadRequest, "IncompleteBody")
			return
		}
		s.objects[key] = object{data, time.Now()}
		w.Header().Set("ETag", `"x"`)
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case !there:
		refuse(http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", `"x"`)
		http.ServeContent(w, r, "", o.at, bytes.NewReader(o.data))
	}
}

func (s *bucketService) list(w http.ResponseWriter, prefix string) {
	type entry struct {
		Key          string
		LastModified time.Time
		Size         int
	}
	out := struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []entry
	}{}
	for k, o := range s.objects {
		if strings.HasPrefix(k, prefix) {
			out.Contents = append(out.Contents, entry{k, o.at.UTC(), len(o.data)})
		}
	}
	slices.SortFunc(out.Contents, func(a, b entry) int { return strings.Compare(a.Key, b.Key) })
	xml.NewEncoder(w).Encode(out)
}

// age lets every object have been laid down long ago.
func (s *bucketService) age(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, o := range s.objects {
		s.objects[k] = object{o.data, o.at.Add(-by)}
	}
}

// unchunk undoes the framing in which a signed stream is sent.
func unchunk(b []byte) (out []byte, err error) {
	r := bufio.NewReader(bytes.NewReader(b))
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 32)
		if err != nil || n == 0 {
			return out, err
		}
		part := make([]byte, n+2)
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, err
		}
		out = append(out, part[:n]...)
	}
}
