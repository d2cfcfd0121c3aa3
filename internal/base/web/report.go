package web

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/form"
)

// reportTo is where browsers say that a page tried what its policy forbids.
const reportTo = "/policy-report"

// policyReport writes down what a browser was kept from doing. Whoever sends it may
// lie, so it is a line in the log and nothing else.
func policyReport(r *Req) error {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return form.TooLarge(r.Route.Limit)
	}
	var said struct {
		Report struct {
			Document  string `json:"document-uri"`
			Directive string `json:"effective-directive"`
			Violated  string `json:"violated-directive"`
			Blocked   string `json:"blocked-uri"`
			Source    string `json:"source-file"`
			Line      int64  `json:"line-number"`
		} `json:"csp-report"`
	}
	if json.Unmarshal(text, &said) != nil {
		return fault.New(fault.Invalid, "base.unreadable")
	}
	p := said.Report
	if p.Directive == "" {
		p.Directive = p.Violated
	}
	r.Site.Log.Warn("a browser kept a page from what its policy forbids", "page", place(p.Document), "directive", short(p.Directive), "blocked", place(p.Blocked),
		"from", place(p.Source), "line", p.Line, "person", r.By.ID, "address", address(r.Request), "request", r.Number)
	r.status, r.wrote = 204, true
	r.W.WriteHeader(204)
	return nil
}

// place is an address without what may stand in its question.
func place(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.RawQuery, u.Fragment, u.User = "", "", nil
	return short(u.String())
}

func short(s string) string {
	if len(s) > 200 {
		s = s[:200]
	}
	return strings.ToValidUTF8(s, "")
}
