package hospital

import (
	"houqin/internal/approvals"
	"houqin/internal/counting"
	"houqin/internal/desk"
	"houqin/internal/disposal"
	"houqin/internal/purchasing"
	"houqin/internal/requests"
)

// asks are the nouns about which rooms ask for approval. Who asks and would not hear
// the answer stops the start.
var asks = []string{disposal.Noun, disposal.SaleNoun, desk.Noun, requests.Noun, purchasing.NeedNoun, purchasing.PlanNoun, counting.Noun}

// hooks tells the rooms, in one list, what became of what they asked for.
func hooks() error {
	approvals.Ended[desk.Noun] = desk.OutsideEnded
	approvals.Ended[disposal.Noun] = disposal.Ended
	approvals.Ended[disposal.SaleNoun] = disposal.SaleEnded
	approvals.Ended[purchasing.NeedNoun] = purchasing.NeedEnded
	approvals.Ended[purchasing.PlanNoun] = purchasing.PlanEnded
	approvals.Ended[requests.Noun] = requests.Ended
	approvals.Ended[counting.Noun] = counting.Ended
	return approvals.Wired(asks)
}
