package people

import (
	"strings"

	"houqin/internal/base/words/find"
)

// spoken are the names in Latin letters, as people type them into passwords:
// 张伟 is zhangwei. Single syllables are left out: they stand in every second word.
func spoken(names ...string) (said []string) {
	for _, name := range names {
		var latin []string
		longest := 0
		for _, t := range strings.Fields(find.Tokens(name)) {
			if !strings.ContainsFunc(t, func(r rune) bool { return r < 'a' || r > 'z' }) {
				latin, longest = append(latin, t), max(longest, len(t))
			}
		}
		for _, t := range latin {
			if len(t) >= 5 && len(t)*3 >= longest*2 {
				said = append(said, t)
			}
		}
	}
	return said
}
