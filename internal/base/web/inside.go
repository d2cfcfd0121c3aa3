package web

import (
	"net/url"
	"strings"
)

// Inside is an address of this site as it was given, or "" for every other: where a
// page leads is not for strangers to say. It begins with one stroke, names no host
// and holds no sign that a browser reads as another or passes over.
func Inside(address string) string {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") ||
		strings.ContainsFunc(address, func(c rune) bool { return c < 0x20 || c == 0x7f || c == '\\' || c == '\uFFFD' }) {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Host != "" || u.Scheme != "" || u.User != nil || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, `/\`) {
		return ""
	}
	return address
}

// local is the path of an address of this site, "/" for any other.
func local(address, host string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host != host && u.Host != "" || u.Opaque != "" {
		return "/"
	}
	if to := Inside(u.RequestURI()); to != "" {
		return to
	}
	return "/"
}
