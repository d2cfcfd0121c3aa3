package catalog

import "strconv"

// Identifiers are the table's entries as the test of the dictionary says them.
func Identifiers() map[string]string {
	all := map[string]string{}
	for ai, one := range identifiers {
		said := ""
		for n, p := range one.parts {
			s := string(p.set)
			if p.least != p.most {
				s += ".."
			}
			s += strconv.Itoa(p.most)
			if p.optional {
				s = "[" + s + "]"
			}
			if n > 0 {
				said += " "
			}
			said += s
		}
		if one.fixed > 0 {
			said += "*"
		}
		if n := checked[ai]; n > 0 {
			said += " sum " + strconv.Itoa(n)
		}
		all[ai] = said
	}
	return all
}
