package purchasing

import (
	"context"

	"houqin/internal/base/db"
	"houqin/internal/base/money"
)

// Asking is what a department's need in a plan comes to, of one category of goods.
type Asking struct {
	Need           string    `json:"need"`
	Number         string    `json:"number"`
	Department     string    `json:"department"`
	DepartmentName string    `json:"department_name"`
	Category       string    `json:"category"`
	Amount         money.Fen `json:"amount"`
}

// AskersOf is what the needs in a plan come to, need by need and category by category.
func AskersOf(ctx context.Context, r db.Reader, plan string) ([]Asking, error) {
	return askings(ctx, r, "n.plan = $1 AND n.plan <> ''", plan)
}

// AskingOf is the same of one need.
func AskingOf(ctx context.Context, r db.Reader, need string) ([]Asking, error) {
	return askings(ctx, r, "n.id = $1", need)
}

func askings(ctx context.Context, r db.Reader, where, id string) ([]Asking, error) {
	return db.All(ctx, r, func(a *Asking) []any {
		return []any{&a.Need, &a.Number, &a.Department, &a.DepartmentName, &a.Category, &a.Amount}
	}, `SELECT n.id, n.number, n.department, coalesce(d.name, ''), coalesce(i.category, ''), CAST(sum(l.price * l.qty) AS BIGINT) FROM purchasing_need n JOIN purchasing_need_line l ON l.need = n.id
		LEFT JOIN catalog_item i ON i.id = l.item LEFT JOIN departments_department d ON d.id = n.department WHERE `+where+` GROUP BY n.id, n.number, n.department, coalesce(d.name, ''), coalesce(i.category, '') ORDER BY n.number, 5`, id)
}
