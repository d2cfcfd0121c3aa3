package journeys

import (
	"encoding/json"
	"sync"
)

// kinds are the menus, filters and questions that were opened so far: the same parts
// on another page need no second look.
type kinds struct {
	mu   sync.Mutex
	seen map[string]bool
}

// next opens the next thing on a page that was not seen open in a language, shuts the
// others as a person would, and says what kind it is.
func (k *kinds) next(b *B, lang string) (opened string) {
	var there []string
	b.Eval(`(() => {
	const kind = d => d.className + ": " + [...new Set([...d.querySelectorAll("*:not(svg, path)")].map(e => e.localName + (e.className && "." + e.className) + (e.type || "")))].sort().join(" ");
	window.shut = [...document.querySelectorAll("main details:not([open]), header details:not([open])")].map(d => [kind(d), d]);
	return shut.map(([k]) => k);
})()`, &there)
	k.mu.Lock()
	for n, kind := range there {
		if !k.seen[lang+kind] {
			k.seen[lang+kind] = true
			opened = there[n]
			break
		}
	}
	k.mu.Unlock()
	if opened != "" {
		name, _ := json.Marshal(opened)
		b.Eval(`document.querySelectorAll("details[open][data-looked]").forEach(d => { d.open = false; });
shut.filter(([k]) => k === `+string(name)+`).slice(0, 1).forEach(([, d]) => { d.open = true; d.dataset.looked = ""; })`, nil)
	}
	return opened
}

// sendEmpty empties the first form of a page that asks for something and sends it past
// what the browser would have said. It says whether there was one, and whether the
// answer names what is missing.
func sendEmpty(b *B) (sent, said bool) {
	b.Eval(`(() => {
	const form = [...document.querySelectorAll("main form.form[method=post]")].find(f => !f.closest(".list-tools") &&
		[...f.querySelectorAll("[required]:not([type=radio]):not(select)")].some(e => !e.closest("[data-line]"))); // an empty line is no line
	if (!form) return false;
	form.querySelectorAll("input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=file]), textarea").forEach(e => { e.value = ""; });
	form.requestSubmit();
	return true;
})()`, &sent)
	if !sent {
		return false, false
	}
	return true, b.until(func() (refused bool) {
		return b.eval(`!!document.querySelector("[aria-invalid=true]")`, &refused) == nil && refused
	})
}
