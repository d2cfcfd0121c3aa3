package ui

import (
	"regexp"
	"strings"
	"testing"
)

// The worker names each file that it keeps by an address that changes with its bytes,
// and is another one when any of them does; switched off it takes itself away and
// leaves what was not sent.
//
// Holds: AB-31
func TestTheWorkerKeepsTheFilesOfThisVersionAndGoesWhenSwitchedOff(t *testing.T) {
	on := string(Worker(true))
	for _, name := range cached {
		if !strings.Contains(on, Asset(name)) {
			t.Errorf("the worker does not keep %s", name)
		}
	}
	if m := regexp.MustCompile(`importScripts|fetch\("(?:http|//)`).FindString(on); m != "" {
		t.Errorf("the worker says %s", m)
	}
	off := string(Worker(false))
	if !strings.Contains(off, "registration.unregister()") || strings.Contains(off, `"act"`) || strings.Contains(off, "fetch") {
		t.Error("the worker stays when it is switched off, or drops what was not sent")
	}
}
