package hospital

import (
	"houqin/internal/approvals"
	"houqin/internal/desk"
)

// asks are the nouns about which rooms ask for approval. Who asks and would not hear
// the answer stops the start.
var asks = []string{desk.Noun}

// hooks tells the rooms, in one list, what became of what they asked for.
func hooks() error {
	approvals.Ended[desk.Noun] = desk.OutsideEnded
	return approvals.Wired(asks)
}
