package purchasing_test

import (
	"testing"
	"time"

	"houqin/internal/purchasing"
)

// Only what is urgent stands out in the list of orders.
func TestOnlyUrgentOrdersStandOut(t *testing.T) {
	for _, c := range purchasing.Orders.Columns {
		if c.Key != "urgent" {
			continue
		}
		for urgent, tone := range map[bool]string{false: "", true: "danger"} {
			if got := c.Tone(&purchasing.Order{Urgent: urgent}, time.Time{}); got != tone {
				t.Errorf("urgent %v is shown as %q", urgent, got)
			}
		}
		return
	}
	t.Error("the list does not say what is urgent")
}
