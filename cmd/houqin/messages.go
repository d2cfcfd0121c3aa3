package main

import (
	"errors"
	"fmt"
	"net/netip"

	"houqin/internal/base/courier"
	"houqin/internal/hospital"
)

// telling says how messages leave the house.
type telling struct {
	Mail     string   `help:"Where letters are handed in: smtps://USER:PASSWORD@host:465, or smtp://USER:PASSWORD@host:587 with STARTTLS." placeholder:"SMTP" env:"HOUQIN_MAIL" setting:""`
	MailFrom string   `help:"The address that letters come from: 后勤 <houqin@hospital.example>." placeholder:"ADDRESS" env:"HOUQIN_MAIL_FROM" setting:""`
	Reach    []string `help:"Networks of the hospital's own that messages may go to, as 10.20.0.0/16; addresses inside are refused otherwise." placeholder:"NETWORK" env:"HOUQIN_REACH" setting:""`
}

// set puts the settings into the hospital's, and says what is wrong with them.
func (t telling) set(cfg *hospital.Config) (err error) {
	var wrong error
	if cfg.Mail, err = courier.ParseMailbox(t.Mail, t.MailFrom); err != nil {
		wrong = fmt.Errorf("mail: %w", err)
	}
	for _, n := range t.Reach {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("reach: %w", err))
		}
		cfg.Reach = append(cfg.Reach, p)
	}
	return wrong
}
