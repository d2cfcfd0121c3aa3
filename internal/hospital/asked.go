package hospital

import (
	"houqin/internal/approvals"
)

// asks are the nouns about which rooms ask for approval. Who asks and would not hear
// the answer stops the start.
var asks = []string{}

// hooks tells the rooms, in one list, what became of what they asked for.
func hooks() error {
	return approvals.Wired(asks)
}
