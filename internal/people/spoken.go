package people

// spoken are the ways a name is written in Latin letters.
func spoken(name string) []string { return nil }
