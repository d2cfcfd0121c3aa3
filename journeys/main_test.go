package journeys

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	code := m.Run()
	Stop()
	closeHouse()
	os.Exit(code)
}
