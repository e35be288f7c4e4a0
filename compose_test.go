package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	compose "github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// No container engine runs where the tests do, so the file is read with the
// compose specification's own library and held against what it promises.
func TestComposeFile(t *testing.T) {
	options, err := compose.NewProjectOptions([]string{"docker-compose.yml"}, compose.WithName("nhaso"))
	require.NoError(t, err)
	project, err := options.LoadProject(context.Background())
	require.NoError(t, err)

	app, err := project.GetService("app")
	require.NoError(t, err)
	mysql, err := project.GetService("mysql")
	require.NoError(t, err)
	migrate, err := project.GetService("migrate")
	require.NoError(t, err)

	for name, service := range map[string]types.ServiceConfig{"app": app, "migrate": migrate} {
		assert.True(t, service.ReadOnly, "%s: read-only root", name)
		assert.Equal(t, "10001:10001", service.User, "%s: no root user", name)
		assert.Equal(t, []string{"ALL"}, service.CapDrop, "%s: no capabilities", name)
		for key, value := range service.Environment {
			assert.True(t, strings.HasSuffix(key, "_FILE"), "%s: %s is a secret by value", name, key)
			require.NotNil(t, value)
			assert.True(t, strings.HasPrefix(*value, "/run/secrets/"))
		}
	}
	assert.Equal(t, "mysql:8.4", mysql.Image)
	for name, service := range map[string]types.ServiceConfig{"app": app, "mysql": mysql} {
		require.NotNil(t, service.HealthCheck, name)
		assert.NotEmpty(t, service.HealthCheck.Test, name)
		assert.NotEmpty(t, service.Volumes, name)
	}
	assert.Empty(t, mysql.Ports, "the database is not reachable from outside")
	assert.Equal(t, "service_completed_successfully", app.DependsOn["migrate"].Condition)
	assert.Equal(t, "service_healthy", migrate.DependsOn["mysql"].Condition)
	for name, secret := range project.Secrets {
		assert.Equal(t, "secrets", filepath.Base(filepath.Dir(secret.File)), name)
	}
}

// The image and the compose file speak of the same program, user and folder.
func TestDockerfileAgreesWithCompose(t *testing.T) {
	b, err := os.ReadFile("Dockerfile")
	require.NoError(t, err)
	text := string(b)
	for _, want := range []string{"FROM scratch", "USER 10001:10001", `ENTRYPOINT ["/nhaso"]`, "NHASO_DATA_DIR=/data", "CGO_ENABLED=0", "npm ci"} {
		assert.Contains(t, text, want)
	}
}
