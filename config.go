package main

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"nhaso/models/certificate"
)

// Config is everything the surroundings may set. The zero environment runs: an
// embedded database in ./data, port 8080.
type Config struct {
	Addr          string          // NHASO_ADDR, default ":8080"
	DataDir       string          // NHASO_DATA_DIR, default "./data"
	DatabaseURL   string          // NHASO_DATABASE_URL, default a SQLite file in DataDir
	Secret        []byte          // NHASO_SECRET: signs access tokens on every copy of the server; default made and kept in the database
	BaseURL       string          // NHASO_BASE_URL: address printed on certificates, default from the request
	SecureCookies bool            // NHASO_SECURE_COOKIES: set behind a TLS proxy
	TrustedProxy  []string        // NHASO_TRUSTED_PROXIES: addresses whose X-Forwarded-For counts
	BadgeKey      *rsa.PrivateKey // NHASO_BADGE_KEY_FILE: PEM file of the RSA key that signs digital badges; default made and kept in the database
	ReportDir     string          // NHASO_REPORT_DIR: folder into which the reports of each month are laid as well; default none
	MetricsToken  string          // NHASO_METRICS_TOKEN: bearer token for /metrics; empty leaves it to loopback only
}

// LoadConfig reads the environment through lookup. Secrets may come from a file
// named by the same variable with _FILE, as container secrets do.
func LoadConfig(lookup func(string) (string, bool)) (Config, error) {
	env := environment{lookup: lookup}
	cfg := Config{
		Addr:         env.text("NHASO_ADDR", ":8080"),
		DataDir:      env.text("NHASO_DATA_DIR", "./data"),
		DatabaseURL:  env.secret("NHASO_DATABASE_URL"),
		BaseURL:      strings.TrimRight(env.text("NHASO_BASE_URL", ""), "/"),
		MetricsToken: env.secret("NHASO_METRICS_TOKEN"),
		ReportDir:    env.text("NHASO_REPORT_DIR", ""),
	}
	if secret := env.secret("NHASO_SECRET"); secret != "" {
		cfg.Secret = []byte(secret)
	}
	if text := env.secret("NHASO_BADGE_KEY"); text != "" {
		key, err := certificate.ParseBadgeKey([]byte(text))
		if err != nil {
			env.errs = append(env.errs, errors.New("NHASO_BADGE_KEY_FILE must hold an RSA private key of at least 2048 bits in PEM"))
		}
		cfg.BadgeKey = key
	}
	cfg.SecureCookies = env.flag("NHASO_SECURE_COOKIES")
	if proxies := env.text("NHASO_TRUSTED_PROXIES", ""); proxies != "" {
		cfg.TrustedProxy = strings.Split(proxies, ",")
	}
	if cfg.DatabaseURL == "" {
		cfg.DatabaseURL = "sqlite:" + filepath.Join(cfg.DataDir, "nhaso.db")
	}
	if scheme, _, found := strings.Cut(cfg.DatabaseURL, "://"); found && scheme != "sqlite" && scheme != "mysql" {
		env.errs = append(env.errs, errors.New("NHASO_DATABASE_URL must be sqlite:PATH or mysql://USER:PASSWORD@HOST:PORT/NAME"))
	}
	if n := len(cfg.Secret); n > 0 && n < 32 {
		env.errs = append(env.errs, errors.New("NHASO_SECRET must have at least 32 characters"))
	}
	return cfg, errors.Join(env.errs...)
}

type environment struct {
	lookup func(string) (string, bool)
	errs   []error
}

func (e *environment) text(name, fallback string) string {
	if v, ok := e.lookup(name); ok && v != "" {
		return v
	}
	return fallback
}

func (e *environment) flag(name string) bool {
	v := e.text(name, "false")
	on, err := strconv.ParseBool(v)
	if err != nil {
		e.errs = append(e.errs, fmt.Errorf("%s must be true or false", name))
	}
	return on
}

func (e *environment) secret(name string) string {
	file := e.text(name+"_FILE", "")
	if file == "" {
		return e.text(name, "")
	}
	b, err := os.ReadFile(file)
	if err != nil {
		e.errs = append(e.errs, fmt.Errorf("%s_FILE: %w", name, err))
	}
	return strings.TrimSpace(string(b))
}
