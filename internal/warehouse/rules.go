package warehouse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/departments"
	"houqin/internal/rules"
)

// Claims are the clauses that the stores keep.
var Claims = []rules.Claim{
	{Clause: "S-001", How: rules.Records, By: "warehouse.rule.S-001", Page: "/warehouse/stock", Evidence: slips(""), Tests: []string{"TestVerifyFindsWhatWasBent", "TestAMonthIsClosedForGood"}},
	{Clause: "S-003", How: rules.Records, By: "warehouse.rule.S-003", Page: "/warehouse/stock", Tests: []string{"TestAMonthIsClosedForGood"}},
	{Clause: "S-004", How: rules.Refuses, By: "warehouse.rule.S-004", Page: "/warehouse/asides", Partly: true, Tests: []string{"TestGoodsOutsideTheBooksLieApart"}},
	{Clause: "S-004", How: rules.Records, By: "warehouse.rule.S-004.kept", Page: "/warehouse/asides", Tests: []string{"TestGoodsOutsideTheBooksLieApart"}},
	{Clause: "S-007", How: rules.Refuses, By: "warehouse.rule.S-007", Page: "/warehouse/receipts", Partly: true, Evidence: invoices, Tests: []string{"TestAReceiptNeedsItsInvoice", "TestPoorGoodsGoBackToWhoBroughtThem"}},
	{Clause: "S-008", How: rules.Records, By: "warehouse.rule.S-008", Page: "/warehouse/receipts", Evidence: slips(Receipt), Tests: []string{"TestEveryLinesErrorAtOnce"}},
	{Clause: "S-009", How: rules.Refuses, By: "warehouse.rule.S-009", Page: "/warehouse/custodies", Evidence: kept, Tests: []string{"TestOthersGoodsLieInAStoreByLeaveAlone"}},
	{Clause: "S-009", How: rules.Asks, By: "warehouse.rule.S-009.asks", Page: "/warehouse/custodies", Tests: []string{"TestOthersGoodsLieInAStoreByLeaveAlone"}},
	{Clause: "S-011", How: rules.Refuses, By: "warehouse.rule.S-011", Page: "/warehouse/issues", Partly: true, Tests: []string{"TestGoodsStayInTheHouse"}},
	{Clause: "S-013", How: rules.Refuses, By: "warehouse.rule.S-013", Page: "/warehouse/issues", Tests: []string{"TestWhoMayReceiveGoods"}},
	{Clause: "S-013", How: rules.Records, By: "warehouse.rule.S-013.kept", Page: "/warehouse/issues", Evidence: receivers, Tests: []string{"TestPapersOnPaper"}},
	{Clause: "S-014", How: rules.Refuses, By: "warehouse.rule.S-014", Page: "/warehouse/issues", Tests: []string{"TestWhoMayReceiveGoods"}},
	{Clause: "S-019", How: rules.Refuses, By: "warehouse.rule.S-019", Page: "/warehouse/documents", Partly: true, Tests: []string{"TestADocumentIsTakenBackWholeAndOnce"}},
	{Clause: "S-023", How: rules.Records, By: "warehouse.rule.S-023", Page: "/warehouse/checks", Partly: true, Lacks: "warehouse.rule.S-023.lacks", Evidence: walks("open", "shut"), Tests: []string{"TestKeepersWalkTheirStore"}},
	{Clause: "S-024", How: rules.Records, By: "warehouse.rule.S-024", Page: "/warehouse/checks", Partly: true, Lacks: "warehouse.rule.S-024.lacks", Evidence: walks("walk"), Tests: []string{"TestKeepersWalkTheirStore"}},
	{Clause: "S-025", How: rules.Records, By: "warehouse.rule.S-025", Page: "/warehouse/visits", Tests: []string{"TestVisitorsAreRegistered"}},
	{Clause: "S-026", How: rules.Records, By: "warehouse.rule.S-026", Page: "/warehouse/checks", Partly: true, Lacks: "warehouse.rule.S-026.lacks", Evidence: walks("bans"), Tests: []string{"TestKeepersWalkTheirStore"}},
	{Clause: "S-027", How: rules.Records, By: "warehouse.rule.S-027", Page: "/warehouse/checks", Partly: true, Lacks: "warehouse.rule.S-027.lacks", Evidence: walks("room"), Tests: []string{"TestKeepersWalkTheirStore"}},
	{Clause: "S-029", How: rules.Records, By: "warehouse.rule.S-029", Page: "/warehouse/checks", Partly: true, Lacks: "warehouse.rule.S-029.lacks", Evidence: walks("gear"), Tests: []string{"TestKeepersWalkTheirStore"}},
	{Clause: "S-030", How: rules.Records, By: "warehouse.rule.S-030", Page: "/warehouse/checks", Partly: true, Lacks: "warehouse.rule.S-030.lacks", Evidence: walks("windows"), Tests: []string{"TestKeepersWalkTheirStore"}},
	{Clause: "S-028", How: rules.Refuses, By: "warehouse.rule.S-028", Page: "/warehouse/stores", Partly: true, Lacks: "warehouse.rule.S-028.lacks", Tests: []string{"TestGoodsThatAffectEachOtherLieApart"}},
	{Clause: "S-036", How: rules.Refuses, By: "warehouse.rule.S-036", Page: "/warehouse/lots", Evidence: expired, Tests: []string{"TestExpiredLotsAreNeverIssued", "TestAHeldLotStays"}},
	{Clause: "S-036", How: rules.Warns, By: "warehouse.rule.S-036.warn", Page: "/warehouse/lots", Tests: []string{"TestALotIsWarnedOfBeforeItEnds"}},
	{Clause: "S-041", How: rules.Records, By: "warehouse.rule.S-041", Page: "/warehouse/consumption", Evidence: slips(Issued), Tests: []string{"TestPartsOfAJobLandOnItsDepartment"}},
	{Clause: "S-044", How: rules.Measures, By: "warehouse.rule.S-044", Page: "/warehouse/receipts", Evidence: slips(Receipt), Tests: []string{"TestPapersAreCountedByTheirDay"}},
	{Clause: "S-045", How: rules.Measures, By: "warehouse.rule.S-045", Page: "/warehouse/supplies", Evidence: arrivals("", "", labourApart), Tests: []string{"TestGoodsByKindAndFoodByWeight"}},
	{Clause: "S-047", How: rules.Measures, By: "warehouse.rule.S-047", Page: "/warehouse/supplies", Evidence: office, Tests: []string{"TestGoodsByKindAndFoodByWeight"}},
	{Clause: "P-017", How: rules.Measures, By: "warehouse.rule.P-017", Page: "/warehouse/supplies", Evidence: arrivals(" AND i.category = 'food'", "&category=food", eaten), Tests: []string{"TestGoodsByKindAndFoodByWeight"}},
	{Clause: "S-048", How: rules.Refuses, By: "warehouse.rule.S-048.stays", Page: "/warehouse/reserves", Tests: []string{"TestTheReserveStaysForTheBadDay"}},
	{Clause: "S-048", How: rules.Records, By: "warehouse.rule.S-048", Page: "/warehouse/reserves", Tests: []string{"TestTheReserveIsKeptAndTried"}},
	{Clause: "S-050", How: rules.Refuses, By: "warehouse.rule.S-050", Page: "/warehouse/issues", Tests: []string{"TestNothingGoesOutForWhichNobodyAsked"}},
	{Clause: "S-051", How: rules.Measures, By: "warehouse.rule.S-051", Page: "/warehouse/consumption/departments", Evidence: slips(Issued), Tests: []string{"TestPartsOfAJobLandOnItsDepartment"}},
	{Clause: "W-013", How: rules.Records, By: "warehouse.rule.W-013", Page: "/warehouse/consumption", Evidence: onJobs, Tests: []string{"TestPartsOfAJobLandOnItsDepartment"}},
	{Clause: "F-001", How: rules.Refuses, By: "warehouse.rule.F-001", Page: "/warehouse/receipts", Partly: true, Lacks: "warehouse.rule.F-001.lacks", Tests: []string{"TestEveryLinesErrorAtOnce"}},
}

// invoiced complains about a receipt without an invoice (S-007).
func invoiced(ctx context.Context, tx *db.Tx, d *Document, bad *fault.Complaints) error {
	must, err := rules.On(ctx, tx, "S-007.invoice", tx.Today())
	if must && d.Invoice == "" {
		bad.Cite("S-007", "invoice", "warehouse.invoice_needed")
	}
	return err
}

// held refuses a receipt that was not held against order, contract or plan by the room
// that does so, where the hospital wants each to be (S-006).
func held(ctx context.Context, tx *db.Tx, d *Document) error {
	must, err := rules.On(ctx, tx, "S-006.basis", tx.Today())
	if err == nil && must && d.Record == "" {
		return fault.New(fault.Conflict, "warehouse.basis_needed").Under("S-006")
	}
	return err
}

// received complains about who takes the goods: nobody who is named on the slip
// (S-013), or somebody whom the department did not name to draw for it (S-014).
func received(ctx context.Context, tx *db.Tx, d *Document, bad *fault.Complaints) error {
	must, err := rules.On(ctx, tx, "S-013.receiver", tx.Today())
	if err != nil {
		return err
	}
	if must && d.Receiver == "" && d.ReceiverName == "" {
		bad.Cite("S-013", "receiver", "warehouse.receiver_needed")
	}
	named, err := rules.Chosen(ctx, tx, "S-014.named", tx.Today())
	if err != nil || named == "off" {
		return err
	}
	may, err := departments.Requesters(ctx, tx, d.Department)
	if (named == "always" || len(may) > 0) && !slices.Contains(may, d.Receiver) {
		bad.Cite("S-014", "receiver", "warehouse.not_requester", d.DepartmentName)
	}
	return err
}

// inside refuses goods for a contractor, unless the hospital allows it (S-011).
func inside(ctx context.Context, tx *db.Tx, d *departments.Department) error {
	if d.Kind != departments.Contractor {
		return nil
	}
	may, err := rules.On(ctx, tx, "S-011.contractor", tx.Today())
	if err == nil && !may {
		return fault.New(fault.Conflict, "warehouse.outsider", d.Name).Under("S-011")
	}
	return err
}

// counting counts documents of the days from … until for which kept and broken hold.
func counting(ctx context.Context, r db.Reader, from, until period.Day, where, kept, broken, link string) (e rules.Evidence, err error) {
	err = r.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE `+kept+`), count(*) FILTER (WHERE `+broken+`), coalesce(max(at), 0)
		FROM warehouse_document WHERE day >= $1 AND day <= $2`+where, from, until).Scan(&e.Kept, &e.Broken, &e.Latest)
	e.Link = link + "?at.from=" + string(from) + "&at.to=" + string(until)
	return e, err
}

// slips counts the documents of a kind, or all of them.
func slips(kind Kind) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	where, link := "", "/warehouse/documents"
	switch kind {
	case Receipt:
		where, link = " AND kind = 'receipt'", "/warehouse/receipts"
	case Issued:
		where, link = " AND kind = 'issue'", "/warehouse/issues"
	}
	return func(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
		return counting(ctx, r, from, until, where, "1=1", "1=0", link)
	}
}

func invoices(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	e, err := counting(ctx, r, from, until, " AND kind = 'receipt'", "invoice <> ''", "invoice = ''", "/warehouse/receipts")
	e.Link, e.BrokenLink = e.Link+"&invoiced=true", e.Link+"&invoiced=false"
	return e, err
}

func receivers(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	e, err := counting(ctx, r, from, until, " AND kind = 'issue'", "receiver_name <> ''", "receiver_name = ''", "/warehouse/issues")
	e.Link, e.BrokenLink = e.Link+"&received=true", e.Link+"&received=false"
	return e, err
}

// walks counts walks through the stores, those that found something wanting as broken.
func walks(rounds ...string) func(context.Context, db.Reader, period.Day, period.Day) (rules.Evidence, error) {
	return func(ctx context.Context, r db.Reader, from, until period.Day) (e rules.Evidence, err error) {
		in, args := db.Listed(rounds)
		args = append(args, from, until)
		err = r.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FILTER (WHERE faults = ''), count(*) FILTER (WHERE faults <> ''), coalesce(max(at), 0)
			FROM warehouse_check WHERE round IN %s AND day >= $%d AND day <= $%d`, in, len(rounds)+1, len(rounds)+2), args...).Scan(&e.Kept, &e.Broken, &e.Latest)
		e.Link = "/warehouse/checks?day.from=" + string(from) + "&day.to=" + string(until)
		e.Link += "&round=" + strings.Join(rounds, ",")
		e.Link, e.BrokenLink = e.Link+"&sound=true", e.Link+"&sound=false"
		return e, err
	}
}

func onJobs(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	e, err := counting(ctx, r, from, until, " AND kind = 'issue' AND noun <> ''", "1=1", "1=0", "/warehouse/issues")
	e.Link += "&for_record=true"
	return e, err
}

// expired counts the issues, and as broken those of goods past their last day, of
// which the books hold none.
func expired(ctx context.Context, r db.Reader, from, until period.Day) (rules.Evidence, error) {
	e, err := counting(ctx, r, from, until, " AND kind = 'issue'", "1=1", "1=0", "/warehouse/issues")
	if err != nil {
		return e, err
	}
	err = r.QueryRowContext(ctx, `SELECT count(DISTINCT d.id) FROM warehouse_document d JOIN warehouse_posting p ON p.document = d.id
		WHERE d.kind = 'issue' AND d.day >= $1 AND d.day <= $2 AND p.kind = 'store' AND p.expiry <> '' AND p.expiry < p.day`, from, until).Scan(&e.Broken)
	e.Kept -= e.Broken
	return e, err
}
