package web

import (
	"io"
	"net/http"
	"time"
)

// How long somebody who is signed in may take to send something. A photo of 20 MB from
// a basement comes with 40 kB a second; strangers have the server's own limits.
const (
	sendingMost = 8 * time.Minute
	silentMost  = time.Minute // between two pieces
	answerMost  = 2 * time.Minute
)

// slow is a body whose time limits are put off as long as pieces of it arrive.
type slow struct {
	io.ReadCloser
	limits *http.ResponseController
	last   time.Time
}

// patient lets a person who is signed in send slowly.
func (r *Req) patient() {
	if r.By.ID != "" {
		r.Body = &slow{r.Body, http.NewResponseController(r.W), time.Now().Add(sendingMost)}
	}
}

func (s *slow) Read(p []byte) (int, error) {
	now := time.Now()
	until := now.Add(silentMost)
	if until.After(s.last) {
		until = s.last
	}
	s.limits.SetReadDeadline(until) // tests without a connection have no limits
	n, err := s.ReadCloser.Read(p)
	if err == io.EOF {
		s.limits.SetReadDeadline(time.Time{}) // what now limits is how long the answer takes
	}
	s.limits.SetWriteDeadline(time.Now().Add(answerMost))
	return n, err
}
