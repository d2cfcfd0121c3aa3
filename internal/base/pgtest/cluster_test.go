package pgtest

import (
	"testing"
)

// What a durable server confirmed is there after it went down like a light.
func TestADurableServerKeepsWhatItConfirmed(t *testing.T) {
	c, err := StartDurable(t.Context())
	if err != nil {
		answer(t, func() (string, error) { return "", err })
		return
	}
	defer c.Stop()
	if n := number(t, c.DSN, "SELECT count(*) FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'on'"); n != 2 {
		t.Fatal("not as durable as a hospital's server")
	}
	sqlOn(t, c.DSN, "CREATE TABLE store (name text PRIMARY KEY)")
	sqlOn(t, c.DSN, "INSERT INTO store VALUES ('总务库')")
	for range 2 {
		if err := c.Crash(); err != nil {
			t.Fatal(err)
		}
		if err := do(t.Context(), c.DSN, "SELECT 1"); err == nil {
			t.Fatal("it answers although it is down")
		}
		if err := c.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := number(t, c.DSN, "SELECT count(*) FROM store"); n != 1 {
			t.Fatalf("%d stores after a crash", n)
		}
	}
}
