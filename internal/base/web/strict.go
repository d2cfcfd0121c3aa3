package web

import (
	"net/http"
	"strings"

	"houqin/internal/base/fault"
	"houqin/internal/base/ui"
)

// strictly are the headers that keep browsers strict. They stand on every answer,
// errors, redirects and static files included; who knows better replaces one.
var strictly = map[string][]string{
	"Content-Security-Policy":      {ui.ContentSecurityPolicy + "; report-uri " + reportTo},
	"X-Content-Type-Options":       {"nosniff"},
	"Referrer-Policy":              {"same-origin"},
	"X-Frame-Options":              {"DENY"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Permissions-Policy":           {"camera=(self), geolocation=(), microphone=()"},
	"Cache-Control":                {"no-store"},
}

// ayear is how long a browser that came by HTTPS will come by nothing else.
var ayear = []string{"max-age=31536000; includeSubDomains"}

// Strict puts on an answer what the site puts on all of its own, for those that
// are given before the site is asked.
func Strict(h http.Header) {
	for name, value := range strictly {
		h[name] = value
	}
}

// RefuseClear answers who speaks in clear where passwords must not be overheard.
func RefuseClear(w http.ResponseWriter) {
	Strict(w.Header())
	http.Error(w, "请经 HTTPS 访问 / This address is reached by HTTPS only", http.StatusForbidden)
}

// around is what every request passes: strict headers, the methods that are in use,
// cookies by their protected names, and the refusal of what other sites send.
func (s *Site) around(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	refuse := func(w http.ResponseWriter, r *http.Request) {
		s.serve(Route{At: "/", Need: Anyone, Do: func(*Req) error { return fault.New(fault.Forbidden, "base.cross_origin") }}, w, r)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		Strict(h)
		if s.Secure {
			if !s.NoHSTS {
				h["Strict-Transport-Security"] = ayear
			}
			protected(r.Header)
		}
		if len(r.TransferEncoding) > 0 { // where a proxy may have seen another end of it, nothing follows
			h.Set("Connection", "close")
		}
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			// Only one script of ours may stand between the pages and the network.
			if embedded(r.Header) || r.Header.Get("Service-Worker") != "" && r.URL.Path != workerAt {
				refuse(w, r)
				return
			}
		case http.MethodPost:
			s.trust.Do(func() {
				if s.Address != "" {
					if err := cross.AddTrustedOrigin(s.Address); err != nil {
						s.Log.Error("the site's own address", "err", err)
					}
				}
			})
			if r.URL.Path != reportTo && (s.unproven(r) || cross.Check(r) != nil) {
				refuse(w, r)
				return
			}
		default:
			h.Set("Allow", "GET, HEAD, POST")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// unproven says that a post cannot show where it comes from: it has the cookie of a
// session and neither Origin nor Sec-Fetch-Site, one of which every browser sends;
// or it comes from a page that was not protected on its way here. Programs are known
// by their token and need none of it.
func (s *Site) unproven(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return false
	}
	origin := r.Header.Get("Origin")
	if s.Secure && strings.HasPrefix(origin, "http://") {
		return true
	}
	if origin != "" || r.Header.Get("Sec-Fetch-Site") != "" {
		return false
	}
	_, err := r.Cookie("session")
	return err == nil
}

// embedded says that another site draws a page, picture or stream of ours into one of
// its own. Links that people follow are welcome.
func embedded(h http.Header) bool {
	switch h.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
	default:
		return false
	}
	if h.Get("Sec-Fetch-Mode") != "navigate" {
		return true
	}
	switch h.Get("Sec-Fetch-Dest") {
	case "", "document":
		return false
	}
	return true
}

// prefix makes a browser take a cookie only by HTTPS, for this host alone, and from
// nobody else. Inside the house cookies go by their plain names.
const prefix = "__Host-"

// protected leaves of a request's cookies those with the prefix, and takes it off.
func protected(h http.Header) {
	sent := h["Cookie"]
	if len(sent) == 0 {
		return
	}
	var kept []string
	for _, line := range sent {
		for c := range strings.SplitSeq(line, ";") {
			if name, ok := strings.CutPrefix(strings.TrimSpace(c), prefix); ok {
				kept = append(kept, name)
			}
		}
	}
	delete(h, "Cookie")
	if kept != nil {
		h["Cookie"] = []string{strings.Join(kept, "; ")}
	}
}
