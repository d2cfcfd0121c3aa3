package approvals

// Used are the kinds of documents that rooms of the house ask about. It is set once, in
// the building; the ways of the other kinds stand ready for rooms to come.
var Used []string
