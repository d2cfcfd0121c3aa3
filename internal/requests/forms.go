package requests

import "houqin/internal/base/form"

// Reason is why a request is called off.
type Reason struct{ Text string }

// CancelForm is asked before a request is called off.
var CancelForm = form.Of[Reason]{Name: "requests.cancel", Fields: []form.Field[Reason]{
	{Key: "text", Into: func(r *Reason) any { return &r.Text }, Required: true},
}}
