package people

// Entrance is how somebody came in, or tried to, as a line of the trail and an event of
// safety say it (ASVS 16.3.1).
type Entrance struct {
	Factor string `json:"factor"`           // one of Entrances
	Device Kind   `json:"device,omitempty"` // a registered computer of a ward counts as what the hospital has
}

// Entrances are what a sign-in was done with, or what of it was wrong, as choices.
var Entrances = []string{byPassword, byCode, byRecovery, onlyCode, onlyRecovery, byButton, byToken}

const (
	byPassword   = "password"
	byCode       = "password_code"
	byRecovery   = "password_recovery"
	onlyCode     = "code"     // the password had been right
	onlyRecovery = "recovery" // the same
	byButton     = "demo"
	byToken      = "token"
)

// codeFactor is the second factor that a code belongs to: alone, and after the password.
func codeFactor(code string) (alone, after string) {
	if len(tidyCode(code)) == recoverySize {
		return onlyRecovery, byRecovery
	}
	return onlyCode, byCode
}
