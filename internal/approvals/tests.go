package approvals

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"houqin/internal/base/fault"
	"houqin/internal/rules"
)

// Test is one line of a condition as a form asks for it: of which property, how it
// compares, and with what. "and" binds closer than "or", as in the notation.
type Test struct {
	Join  string `json:"join,omitempty"`  // to the line above: "or", else and
	What  string `json:"what,omitempty"`  // of Attrs
	Is    string `json:"is,omitempty"`    // of Comparisons; "" is ==
	Value string `json:"value,omitempty"` // a number or a text; nothing of a flag
	Rule  string `json:"rule,omitempty"`  // or a figure of the rulebook: "C-006.years"
}

// Comparisons are how a property may compare; flags and texts only by the first two.
var Comparisons = []string{"==", "!=", ">=", ">", "<=", "<"}

func attr(kind, key string) (Attr, bool) {
	n := slices.IndexFunc(Attrs[kind], func(a Attr) bool { return a.Key == key })
	if n < 0 {
		return Attr{}, false
	}
	return Attrs[kind][n], true
}

// TestsOf are a condition's lines; false where it is more than lines can say, and stays
// as it is written.
func TestsOf(kind, when string) ([]Test, bool) {
	if when == "" {
		return nil, true
	}
	tree, err := parser.Parse(when)
	if err != nil {
		return nil, false
	}
	all, ok := joined(kind, tree.Node, "or")
	if ok {
		all[0].Join = ""
	}
	return all, ok
}

// joined are the lines of a chain of "or", each of chains of "and".
func joined(kind string, n ast.Node, by string) ([]Test, bool) {
	b, ok := n.(*ast.BinaryNode)
	if !ok || strings.NewReplacer("||", "or", "&&", "and").Replace(b.Operator) != by {
		if by == "or" {
			return joined(kind, n, "and")
		}
		t, ok := single(kind, n)
		return []Test{t}, ok
	}
	left, ok := joined(kind, b.Left, by)
	right, ok2 := joined(kind, b.Right, by)
	if !ok || !ok2 {
		return nil, false
	}
	right[0].Join = ""
	if by == "or" {
		right[0].Join = "or"
	}
	return append(left, right...), true
}

func single(kind string, n ast.Node) (t Test, ok bool) {
	if not, is := n.(*ast.UnaryNode); is && (not.Operator == "not" || not.Operator == "!") {
		t.Is, n = "!=", not.Node
	}
	if name, is := n.(*ast.IdentifierNode); is {
		a, ok := attr(kind, name.Value)
		t.What = name.Value
		return t, ok && a.Type == Flag
	}
	b, is := n.(*ast.BinaryNode)
	if !is || t.Is != "" || !slices.Contains(Comparisons, b.Operator) {
		return t, false
	}
	name, is := b.Left.(*ast.IdentifierNode)
	if !is {
		return t, false
	}
	a, ok := attr(kind, name.Value)
	if t.What = a.Key; b.Operator != "==" {
		t.Is = b.Operator
	}
	switch v := b.Right.(type) {
	case *ast.IntegerNode:
		t.Value = strconv.Itoa(v.Value)
		return t, ok && a.Type == Number
	case *ast.StringNode:
		t.Value = v.Value
		return t, ok && a.Type == Text && (t.Is == "" || t.Is == "!=")
	case *ast.MemberNode:
		key, is := v.Property.(*ast.StringNode)
		if is {
			t.Rule = key.Value
		}
		return t, ok && is && a.Type == Number
	}
	return t, false
}

// whenOf writes lines as a condition. What is wrong is said at its line below path.
func whenOf(kind string, tests []Test, path string, bad *fault.Complaints) string {
	var when strings.Builder
	for n, t := range tests {
		at := fmt.Sprintf("%s.%d.", path, n)
		a, ok := attr(kind, t.What)
		if !ok {
			bad.Add(at+"what", "approvals.test_what")
			continue
		}
		is := t.Is
		if is == "" {
			is = Comparisons[0]
		}
		if p := slices.Index(Comparisons, is); p < 0 || p > 1 && a.Type != Number {
			bad.Add(at+"is", "approvals.test_is")
		}
		if n > 0 {
			when.WriteString(map[bool]string{true: " or ", false: " and "}[t.Join == "or"])
		}
		switch {
		case a.Type == Flag && t.Value+t.Rule != "":
			bad.Add(at+"value", "approvals.test_flag")
		case a.Type == Flag && is == "!=":
			when.WriteString("not " + t.What)
		case a.Type == Flag:
			when.WriteString(t.What)
		default:
			when.WriteString(t.What + " " + is + " " + t.against(a, at, bad))
		}
	}
	return when.String()
}

// against is what a property is compared with, as the notation writes it.
func (t *Test) against(a Attr, at string, bad *fault.Complaints) string {
	switch {
	case t.Value != "" && t.Rule != "":
		bad.Add(at+"rule", "approvals.test_both")
	case a.Type == Text && t.Value != "":
		return strconv.Quote(t.Value)
	case a.Type == Number && t.Rule != "":
		if p, _, ok := rules.Parameter(t.Rule); !ok || !slices.Contains(figured, p.Type) {
			bad.Add(at+"rule", "approvals.test_rule")
		}
		return "rule[" + strconv.Quote(t.Rule) + "]"
	case a.Type == Number && t.Value != "":
		n, err := strconv.ParseInt(t.Value, 10, 32)
		if err != nil || n < 0 {
			bad.Add(at+"value", "base.number")
		}
		return strconv.FormatInt(n, 10)
	default:
		bad.Add(at+"value", "approvals.test_value")
	}
	return "0"
}

// Figures are the parameters of some clauses that conditions may use.
func Figures(clauses []string) (all []rules.Param) {
	for _, c := range rules.Book {
		if !slices.Contains(clauses, c.ID) {
			continue
		}
		for _, p := range c.Params {
			if slices.Contains(figured, p.Type) {
				all = append(all, p)
			}
		}
	}
	return all
}
