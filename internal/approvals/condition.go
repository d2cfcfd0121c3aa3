package approvals

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"houqin/internal/base/db"
	"houqin/internal/base/fault"
	"houqin/internal/base/period"
	"houqin/internal/rules"
)

// nodesMost is how long a condition may be: each of its words and signs is a node.
const nodesMost = 60

// figured are the types of parameters whose figures conditions may use.
var figured = []rules.Type{rules.Count, rules.Percent, rules.Days, rules.Months, rules.Years, rules.Degrees}

// condition is what a tier asks of a document besides its amount, ready to be asked.
type condition struct {
	program *vm.Program
	params  []string
}

// compile reads a condition on a kind of document, such as
//
//	years >= rule["C-006.years"] or legal
//
// It knows the kind's properties, figures of the rulebook as rule["…"], comparisons,
// and, or, not, in. Anything else is refused with its place: calls, loops, variables,
// properties that the kind does not have.
func compile(kind, text string) (*condition, error) {
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, misread(err)
	}
	c := &confined{kind: kind}
	ast.Walk(&tree.Node, c)
	if c.err != nil {
		return nil, c.err
	}
	p, err := expr.Compile(text, expr.Env(blank(kind)), expr.AsBool(), expr.DisableAllBuiltins(), expr.MaxNodes(nodesMost))
	if err != nil {
		return nil, misread(err)
	}
	return &condition{p, c.params}, nil
}

// misread tells where a condition cannot be read.
func misread(err error) error {
	if at, ok := errors.AsType[*file.Error](err); ok {
		return fault.New(fault.Invalid, "approvals.condition_at", at.Line, at.Column+1, strings.SplitN(at.Message, "\n", 2)[0])
	}
	return fault.New(fault.Invalid, "approvals.condition", strings.SplitN(err.Error(), "\n", 2)[0])
}

// blank is a document of the kind with nothing in it: what names there are, and types.
func blank(kind string) map[string]any {
	env := map[string]any{"rule": map[string]int{}}
	for _, a := range Attrs[kind] {
		env[a.Key] = map[AttrType]any{Number: 0, Flag: false, Text: ""}[a.Type]
	}
	return env
}

// confined walks a condition and refuses what is not on the list.
type confined struct {
	kind   string
	params []string
	nodes  int
	err    error
}

func (c *confined) Visit(node *ast.Node) {
	if c.err != nil {
		return
	}
	if c.nodes++; c.nodes > nodesMost {
		c.err = fault.New(fault.Invalid, "approvals.condition_long", nodesMost)
		return
	}
	switch n := (*node).(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode, *ast.ConstantNode, *ast.ArrayNode:
	case *ast.IdentifierNode:
		if _, ok := blank(c.kind)[n.Value]; !ok {
			c.refuse(n, "approvals.condition_name", n.Value)
		}
	case *ast.UnaryNode:
		c.one(n, n.Operator, "not", "!", "-")
	case *ast.BinaryNode:
		c.one(n, n.Operator, "and", "or", "&&", "||", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "+", "-", "*")
	case *ast.MemberNode:
		of, isName := n.Node.(*ast.IdentifierNode)
		key, isText := n.Property.(*ast.StringNode)
		if !isName || of.Value != "rule" || !isText {
			c.refuse(n, "approvals.condition_not_allowed", ".")
			return
		}
		if p, _, ok := rules.Parameter(key.Value); !ok || !slices.Contains(figured, p.Type) {
			c.refuse(n, "approvals.condition_rule", key.Value)
			return
		}
		c.params = append(c.params, key.Value)
	default:
		c.refuse(n, "approvals.condition_not_allowed", strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%T", n), "*ast."), "Node"))
	}
}

func (c *confined) one(n ast.Node, op string, allowed ...string) {
	for _, a := range allowed {
		if a == op {
			return
		}
	}
	c.refuse(n, "approvals.condition_not_allowed", op)
}

func (c *confined) refuse(n ast.Node, key, what string) {
	c.err = fault.New(fault.Invalid, key, n.Location().From+1, what)
}

// holds asks the condition about a document on a day.
func (c *condition) holds(ctx context.Context, r db.Reader, d *Document, day period.Day) (bool, error) {
	env := blank(d.Kind)
	for k := range env {
		if v, ok := d.Attrs[k]; ok && k != "rule" {
			env[k] = v
		}
	}
	figures := map[string]int{}
	for _, p := range c.params {
		n, err := rules.Number(ctx, r, p, day)
		if err != nil {
			return false, err
		}
		figures[p] = int(n)
	}
	env["rule"] = figures
	v, err := vm.Run(c.program, env)
	if err != nil {
		return false, fmt.Errorf("condition on %s: %w", d.Kind, err)
	}
	return v.(bool), nil
}

// checkAttrs refuses properties that the kind does not declare, or of another type:
// that is a mistake of the room that asks.
func checkAttrs(d *Document) error {
	want := blank(d.Kind)
	for k, v := range d.Attrs {
		if k == "rule" || want[k] == nil || reflect.TypeOf(want[k]) != reflect.TypeOf(v) {
			return fmt.Errorf("approvals: a %s has no %s of %T", d.Kind, k, v)
		}
	}
	return nil
}
