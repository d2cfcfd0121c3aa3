package main

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

	"houqin/internal/base/db"
	"houqin/internal/hospital"
)

// house says where the hospital's books and files lie. Every flag marked setting may
// also stand in the file and in the environment.
type house struct {
	Config  string `help:"File of settings (TOML), named as these flags." placeholder:"FILE" env:"HOUQIN_CONFIG" setting:""`
	DB      string `name:"db" help:"Database: path of an SQLite file, or postgres://user@host/name. Default: houqin.db in the data folder." placeholder:"FILE|ADDRESS" env:"HOUQIN_DB" setting:""`
	Data    string `help:"Folder for photos, documents and keys." default:"data" placeholder:"DIR" env:"HOUQIN_DATA" setting:""`
	KeyFile string `help:"File of the keys that seal what must not be read from the database, mode 0600; keep a copy apart from the backups. Default: keys beside the SQLite file, else in the data folder; made at the first start." placeholder:"FILE" env:"HOUQIN_KEY_FILE" setting:""`
	Keys    string `hidden:"" help:"The keys themselves, each 32 bytes in base64, the one in use first; instead of the file." placeholder:"KEYS" env:"HOUQIN_KEYS" setting:"" secret:""`
	Leaked  string `help:"File of leaked passwords that nobody may choose: sorted lines of SHA-1 and count, as Have I Been Pwned gives them out. Within the program are only the commonest." placeholder:"FILE" env:"HOUQIN_LEAKED" setting:""`
	Files   string `help:"Another folder for photos and documents, or a bucket: s3://KEY:SECRET@host/bucket/prefix." placeholder:"DIR|S3" env:"HOUQIN_FILES" setting:""`
}

func (h house) database() string {
	if h.DB == "" {
		return filepath.Join(h.Data, "houqin.db")
	}
	return h.DB
}

// logging says what the log holds and how it is written.
type logging struct {
	Log      string `help:"Form of the log: text or json." enum:"text,json" default:"text" env:"HOUQIN_LOG" setting:""`
	LogLevel string `help:"Least weight of what is logged: debug, info, warn or error." enum:"debug,info,warn,error" default:"info" env:"HOUQIN_LOG_LEVEL" setting:""`
}

func (l logging) logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.LogLevel)); err != nil {
		return nil, fmt.Errorf("log-level: %w", err)
	}
	how := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindDuration { // "28ms" rather than nanoseconds
			a.Value = slog.StringValue(a.Value.Duration().String())
		}
		return a
	}}
	if l.Log == "json" {
		return slog.New(slog.NewJSONHandler(w, how)), nil
	}
	return slog.New(slog.NewTextHandler(w, how)), nil
}

// hospital is how the hospital of these settings is opened.
func (h house) hospital(log *slog.Logger) hospital.Config {
	return hospital.Config{DB: h.database(), Data: h.Data, Store: h.Files, Log: log, KeyFile: h.KeyFile, Keys: h.Keys}
}

// isFile says whether the database is an SQLite file.
func (h house) isFile() bool { return !db.IsPostgres(h.database()) }
