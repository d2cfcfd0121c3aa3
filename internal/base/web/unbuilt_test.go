package web

import "testing"

// Who waits for a part whose building breaks off is not shown an empty one.
func TestAPartThatBreaksOffIsNotShownEmpty(t *testing.T) {
	var s parts
	_, build := s.join("wall")
	waits, _ := s.join("wall")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("whoever builds does not hear of it")
			}
		}()
		build(func() { panic("no such lamp") })
	}()
	<-waits.ready
	if waits.err == nil {
		t.Error("an empty part is shown")
	}
}
