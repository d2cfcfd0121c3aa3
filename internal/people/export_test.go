package people

import "time"

func init() { strength = effort{memory: 64, passes: 1, lanes: 1} } // the tests sign in hundreds of times

// Strengthen changes what a hash costs, as a new version of the program may.
func Strengthen() (back func()) {
	was := strength
	strength.passes++
	return func() { strength = was }
}

// Occupy takes every stove.
func Occupy() (free func()) {
	for range cap(stoves) {
		stoves <- struct{}{}
	}
	was := patience
	patience = 20 * time.Millisecond
	return func() {
		patience = was
		for range cap(stoves) {
			<-stoves
		}
	}
}

// Weakness is the complaint about a password, "" when it is taken.
func (p Policy) Weakness(password string, own ...string) string {
	if bad := p.weakness(password, own...); bad != nil {
		return bad.Fields[0].Key
	}
	return ""
}

// Spoken is for the tests of passwords.
var Spoken = spoken

// Rest waits until what the desk wanted to write down is written.
func (k *Desk) Rest() {
	for range cap(k.pens) {
		k.pens <- struct{}{}
	}
	for range cap(k.pens) {
		<-k.pens
	}
}

// HasLeaked and NoLeaked are for the test of the list of leaked passwords.
var HasLeaked = hasLeaked

func NoLeaked() { leaked.Store(nil) }

// Commonest is how many favourites of eight characters and more the program knows.
func Commonest() int { return len(commonest)/printSize - 2500 }
