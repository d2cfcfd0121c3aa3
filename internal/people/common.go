package people

import "strings"

// common says whether a password is among those that are guessed first.
func common(password string) bool {
	switch strings.ToLower(password) {
	case "password", "12345678", "123456789", "1234567890", "qwertyuiop", "11111111", "88888888", "woaini1314":
		return true
	}
	return false
}
