//go:build unix

package db

import (
	"errors"
	"os"
	"syscall"
)

func flock(f *os.File, alone bool) error {
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return errHeld
		}
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
