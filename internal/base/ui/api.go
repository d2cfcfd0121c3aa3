package ui

// Room is the operations of one room, as the API's page shows them.
type Room struct {
	Name       string
	Operations []Operation
}

// Operation is one thing a program may ask.
type Operation struct {
	Method, Path, Summary string
	Params                []Fact
	Body, Answer          string // JSON schemas
}
