package mirror

import (
	"bytes"
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

// service is as much of an S3 service as a copy needs, in memory, large objects in
// parts included.
type service struct {
	mu      sync.Mutex
	objects map[string]thing
	parts   map[string]map[int][]byte // by upload
	uploads int
	down    bool
}

type thing struct {
	data []byte
	at   time.Time
	meta http.Header
}

// bucketAddress starts a service and gives the address of a bucket in it.
func bucketAddress(t *testing.T) (*service, string) {
	t.Helper()
	s := &service{objects: map[string]thing{}, parts: map[string]map[int][]byte{}}
	server := httptest.NewTLSServer(s)
	was := transport
	transport = server.Client().Transport
	t.Cleanup(func() { transport = was; server.Close() })
	return s, "s3://KEY:SECRET@" + strings.TrimPrefix(server.URL, "https://") + "/hospital/copy"
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	unlock := sync.OnceFunc(s.mu.Unlock)
	defer unlock()
	answer := func(status int, v any) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		if r.Method != http.MethodHead {
			xml.NewEncoder(w).Encode(v)
		}
	}
	type failure struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}
	q := r.URL.Query()
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	o, there := s.objects[key]
	w.Header().Set("ETag", `"0123456789abcdef0123456789abcdef"`)
	switch {
	case s.down || bucket != "hospital" || !strings.Contains(r.Header.Get("Authorization"), "Credential=KEY/"):
		answer(http.StatusForbidden, failure{Code: "AccessDenied"})
	case q.Has("location"):
		answer(200, struct {
			XMLName xml.Name `xml:"LocationConstraint"`
		}{})
	case key == "" && q.Has("list-type"):
		answer(200, s.list(q.Get("prefix")))
	case key == "":
		w.WriteHeader(200)
	case r.Method == http.MethodPost && q.Has("uploads"):
		s.uploads++
		id := fmt.Sprint("upload", s.uploads)
		s.parts[id] = map[int][]byte{}
		s.objects["upload "+id] = thing{meta: r.Header.Clone()}
		answer(200, struct {
			XMLName               xml.Name `xml:"InitiateMultipartUploadResult"`
			Bucket, Key, UploadId string
		}{Bucket: bucket, Key: key, UploadId: id})
	case r.Method == http.MethodPut && q.Has("uploadId"):
		n, _ := strconv.Atoi(q.Get("partNumber"))
		s.parts[q.Get("uploadId")][n] = body
	case r.Method == http.MethodPost && q.Has("uploadId"):
		id := q.Get("uploadId")
		var whole []byte
		for n := 1; n <= len(s.parts[id]); n++ {
			whole = append(whole, s.parts[id][n]...)
		}
		s.objects[key] = thing{whole, time.Now(), s.objects["upload "+id].meta}
		delete(s.objects, "upload "+id)
		answer(200, struct {
			XMLName           xml.Name `xml:"CompleteMultipartUploadResult"`
			Bucket, Key, ETag string
		}{Bucket: bucket, Key: key, ETag: "x"})
	case r.Method == http.MethodPut:
		s.objects[key] = thing{body, time.Now(), r.Header.Clone()}
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case !there:
		answer(http.StatusNotFound, failure{Code: "NoSuchKey"})
	default:
		for name, v := range o.meta {
			if strings.HasPrefix(name, "X-Amz-Meta-") {
				w.Header()[name] = v
			}
		}
		unlock() // a reader may take its time
		http.ServeContent(w, r, "", o.at, bytes.NewReader(o.data))
	}
}

func (s *service) list(prefix string) any {
	type entry struct {
		Key          string
		LastModified time.Time
		Size         int
	}
	var out struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []entry
	}
	for k, o := range s.objects {
		if strings.HasPrefix(k, prefix) {
			out.Contents = append(out.Contents, entry{k, o.at.UTC(), len(o.data)})
		}
	}
	slices.SortFunc(out.Contents, func(a, b entry) int { return strings.Compare(a.Key, b.Key) })
	return out
}
