package qr_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"houqin/internal/base/qr"
)

func TestACodeIsOneSquareOfWellFormedSVG(t *testing.T) {
	svg, err := qr.SVG("https://houqin.example/r/06j10taa004dj2f1gcxk")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		ViewBox string `xml:"viewBox,attr"`
		Paths   []struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal([]byte(svg), &v); err != nil || len(v.Paths) != 2 {
		t.Fatalf("%v: %s", err, svg)
	}
	// The finder pattern in the upper left corner is seven modules wide, after the margin.
	if !strings.HasPrefix(v.Paths[1].D, "M4 4h7v1h-7z") {
		t.Errorf("no finder pattern: %.40s", v.Paths[1].D)
	}
	if _, err := qr.SVG(strings.Repeat("长", 3000)); err == nil {
		t.Error("a book fits into a square")
	}
}
