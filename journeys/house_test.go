package journeys

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"houqin/internal/demo"
	"houqin/internal/hospital"
)

// The people of the demo who walk the journeys, by their staff numbers.
const (
	nurse         = "1065"
	dispatcher    = "1040"
	technician    = "1045"
	storekeeper   = "1036"
	director      = "1033"
	administrator = "1028"
	headNurse     = "1001"
	securityAdmin = "1029"
	auditAdmin    = "1030"
	auditor       = "1039"
	dataClerk     = "1035"
)

var house struct {
	sync.Once
	h   *hospital.Hospital
	srv *httptest.Server
	err error
	dir string
}

// demoHouse is the invented hospital, open on an address of this machine. It is
// built once for all journeys of a run.
func demoHouse(t *testing.T) string {
	t.Helper()
	house.Do(func() {
		if house.dir, house.err = os.MkdirTemp("", "houqin-journeys-"); house.err != nil {
			return
		}
		cfg := hospital.Config{DB: filepath.Join(house.dir, "demo.db"), Data: house.dir, Demo: true, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))}
		first, err := hospital.Open(context.Background(), cfg)
		if err == nil {
			err = demo.Build(context.Background(), first.DB, 1, func(string) {})
			first.Close()
		}
		if err == nil {
			house.h, err = hospital.Open(context.Background(), cfg) // anew, so that the hospital bears its name
		}
		if house.err = err; err == nil {
			house.h.Start()
			house.srv = httptest.NewServer(wrongClocks(house.h.Site))
		}
	})
	if house.err != nil {
		t.Fatal(house.err)
	}
	return house.srv.URL
}

func closeHouse() {
	if house.srv != nil {
		house.h.Site.Stop()
		house.srv.Close()
		house.h.Close()
	}
	if house.dir != "" {
		os.RemoveAll(house.dir)
	}
}

// as opens a browser of its own and comes in by the demo's door.
func as(t *testing.T, role string, size Size, lang string, dark bool) *B {
	t.Helper()
	url := demoHouse(t)
	b := Browser(t)
	b.Open(url+"/sign-in", size, lang, dark)
	b.Click(`button[value="` + role + `"]`)
	return b
}

// get reads a page that is open to everybody.
func get(t *testing.T, at string) string {
	t.Helper()
	r, err := http.Get(house.srv.URL + at)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
