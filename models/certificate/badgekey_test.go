package certificate_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/certificate"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return k
}

func TestBadgeKeysAreMadeOnceAndKeptPublic(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		copies := []*certificate.Certificates{certificate.New(db), certificate.New(db), certificate.New(db)}
		kids := make([]string, len(copies))
		var wg sync.WaitGroup
		for i, c := range copies {
			wg.Go(func() {
				k, err := c.SigningBadgeKey(ctx)
				if assert.NoError(t, err) {
					kids[i] = k.KID
					assert.NotNil(t, k.Private)
				}
			})
		}
		wg.Wait()
		assert.Equal(t, []string{kids[0], kids[0], kids[0]}, kids, "all copies sign with one key")

		next, err := copies[0].RotateBadgeKey(ctx)
		require.NoError(t, err)
		keys, err := copies[1].BadgeKeys(ctx)
		require.NoError(t, err)
		require.Len(t, keys, 2)
		assert.Equal(t, next.KID, keys[0].KID)
		assert.True(t, keys[0].Active)
		assert.Equal(t, kids[0], keys[1].KID)
		assert.Nil(t, keys[1].Private, "the private part of an old key is thrown away")
		assert.NotNil(t, keys[1].Public)
		assert.EqualValues(t, 1, count(t, db, "badge_keys WHERE private_der IS NOT NULL"))
	})
}

func TestBadgeKeyFromOutside(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		ctx := context.Background()
		mine := certificate.New(db)
		own, err := mine.SigningBadgeKey(ctx)
		require.NoError(t, err)
		outside := rsaKey(t, 2048)
		for range 2 {
			require.NoError(t, mine.UseBadgeKey(ctx, outside))
		}
		k, err := mine.SigningBadgeKey(ctx)
		require.NoError(t, err)
		assert.Equal(t, certificate.Thumbprint(&outside.PublicKey), k.KID)
		assert.Equal(t, outside, k.Private)
		assert.Zero(t, count(t, db, "badge_keys WHERE private_der IS NOT NULL"), "it never enters the database")
		keys, err := mine.BadgeKeys(ctx)
		require.NoError(t, err)
		assert.Len(t, keys, 2)
		assert.Equal(t, own.KID, keys[1].KID)

		stranger := certificate.New(db)
		_, err = stranger.SigningBadgeKey(ctx)
		assert.Equal(t, "no_badge_key", models.CodeOf(err), "a copy without the file does not sign with another key")
	})
}

func TestParseBadgeKey(t *testing.T) {
	key := rsaKey(t, 2048)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	encode := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	for name, text := range map[string][]byte{"PKCS 1": encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), "PKCS 8": encode("PRIVATE KEY", pkcs8)} {
		got, err := certificate.ParseBadgeKey(text)
		require.NoError(t, err, name)
		assert.True(t, key.Equal(got), name)
	}
	for name, text := range map[string][]byte{
		"nothing": nil, "noise": []byte("x"), "wrong content": encode("PRIVATE KEY", []byte("x")),
		"public": encode("PUBLIC KEY", x509.MarshalPKCS1PublicKey(&key.PublicKey)), "short": encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey(t, 1024))),
	} {
		_, err := certificate.ParseBadgeKey(text)
		assert.Equal(t, "invalid_badge_key", models.CodeOf(err), name)
	}
}
