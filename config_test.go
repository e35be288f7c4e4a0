package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func env(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := values[name]
		return v, ok
	}
}

func TestZeroEnvironmentRuns(t *testing.T) {
	cfg, err := LoadConfig(env(nil))
	require.NoError(t, err)
	assert.Equal(t, ":8080", cfg.Addr)
	assert.Equal(t, "./data", cfg.DataDir)
	assert.Equal(t, "sqlite:data/nhaso.db", cfg.DatabaseURL)
	assert.Empty(t, cfg.Secret)
	assert.False(t, cfg.SecureCookies)
}

func TestSecretsComeFromFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(strings.Repeat("k", 40)+"\n"), 0o600))
	cfg, err := LoadConfig(env(map[string]string{"NHASO_SECRET_FILE": file, "NHASO_DATABASE_URL_FILE": file}))
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("k", 40), string(cfg.Secret))
	assert.Equal(t, strings.Repeat("k", 40), cfg.DatabaseURL)
}

func TestConfigNamesTheWrongVariable(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"NHASO_SECRET": "short"}, "NHASO_SECRET"},
		{map[string]string{"NHASO_DATABASE_URL": "postgres://x/y"}, "NHASO_DATABASE_URL"},
		{map[string]string{"NHASO_SECRET_FILE": "/nowhere/at/all"}, "NHASO_SECRET_FILE"},
		{map[string]string{"NHASO_SECURE_COOKIES": "maybe"}, "NHASO_SECURE_COOKIES"},
		{map[string]string{"NHASO_BADGE_KEY": "no key"}, "NHASO_BADGE_KEY_FILE"},
	} {
		_, err := LoadConfig(env(c.env))
		require.Error(t, err)
		assert.Contains(t, err.Error(), c.want)
	}
}
