package api

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/audit"
	"nhaso/models/store/storetest"
)

// own lists are of one's own villages: who walks there knows who lives there.
var ownLists = []string{"/me/rounds"}

// TestWholeNamesLeaveAnEntry asks every readable address as everybody beyond the
// school. Where a head or a pupil is named in full, an entry stands on record. A
// new list is in the test by being in the document.
func TestWholeNamesLeaveAnEntry(t *testing.T) {
	clock := storetest.NewClock()
	w := newWorld(t, storetest.SQLite(t, clock.Now), clock)
	p := w.certifiedPupil(t)
	var heads []string
	id, err := models.ParseID(p.household)
	require.NoError(t, err)
	require.NoError(t, w.DB.Read(t.Context()).Raw("SELECT head_name FROM households WHERE id = ?", id).Scan(&heads).Error)
	require.Len(t, heads, 1)
	raw, err := OpenAPI("dev")
	require.NoError(t, err)
	var doc struct {
		Paths map[string]map[string]struct {
			Parameters []parameter
		} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(raw, &doc))
	named := map[string]bool{}
	for path, operations := range doc.Paths {
		o, ok := operations["get"]
		// An account's own name is no list, and what staff are called is theirs to know.
		if !ok || strings.HasSuffix(path, "/live") || containsPrefix([]string{"/accounts", "/audit", "/classes/{id}/sign-in-cards", "/verify/{code}"}, path) {
			continue
		}
		for _, at := range asked(addresses(path, p), slices.ContainsFunc(o.Parameters, isQuery), p.name, heads[0]) {
			for _, as := range []string{"canbo", "to", "so", "admin"} {
				w.forgetRecord(t)
				res := w.as(t, as, "GET", at, "")
				if res.Code != 200 || !strings.Contains(res.Body.String(), heads[0]) && !strings.Contains(res.Body.String(), p.name) {
					continue
				}
				named[path] = true
				if !containsPrefix(ownLists, path) {
					assert.NotZero(t, w.recorded(t), "%s reads whole names at %s and no entry says so", as, at)
				}
			}
		}
	}
	assert.Contains(t, named, "/villages/{code}/households")
	assert.Contains(t, named, "/certificates")
	assert.Contains(t, named, "/households/{id}")
}

func isQuery(p parameter) bool { return p.Name == "q" && p.In == "query" }

// asked adds to addresses with a search what is looked for.
func asked(list []string, searched bool, words ...string) (out []string) {
	if !searched {
		return list
	}
	for _, at := range list {
		for _, q := range words {
			out = append(out, at+"?q="+url.QueryEscape(q))
		}
	}
	return out
}

func (w *world) forgetRecord(t *testing.T) {
	t.Helper()
	require.NoError(t, w.DB.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Exec("DELETE FROM audit_entries").Error }))
}

func (w *world) recorded(t *testing.T) (n int) {
	t.Helper()
	require.NoError(t, w.DB.Read(t.Context()).Raw("SELECT COUNT(*) FROM audit_entries").Scan(&n).Error)
	return n
}

// TestOneEntryAnHour: not one a row, a page or a reload; a masked list leaves none.
func TestOneEntryAnHour(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		p := w.certifiedPupil(t)
		for _, k := range []struct {
			list, as, at string
			leaves       int
		}{
			{audit.ListHouseholds, "canbo", "/villages/" + p.village + "/households", 1},
			{audit.ListHouseholds, "to", "/villages/" + p.village + "/households", 1},
			{audit.ListHouseholds, "so", "/villages/" + p.village + "/households", 0},
			{audit.ListHouseholds, "admin", "/villages/" + p.village + "/households", 0},
			{audit.ListSchoolAge, "canbo", "/areas/06685/school-age.xlsx", 1},
			{audit.ListCertificates, "canbo", "/certificates", 1},
			{audit.ListCertificates, "truong", "/certificates", 0},
			{audit.ListCertificates, "giaovien", "/certificates", 0},
		} {
			w.forgetRecord(t)
			for range 3 {
				res := w.as(t, k.as, "GET", k.at, "")
				require.Equal(t, 200, res.Code, "%s %s: %s", k.as, k.at, res.Body.String())
			}
			require.Equal(t, k.leaves, w.recorded(t), "%s %s", k.as, k.at)
			if k.leaves == 0 {
				continue
			}
			lines, _, err := audit.Lines(w.DB.Read(t.Context()), audit.Filter{All: true, Limit: 5})
			require.NoError(t, err)
			require.Equal(t, audit.Detail{"list": k.list}, lines[0].Detail)
		}
		w.forgetRecord(t)
		w.as(t, "canbo", "GET", "/villages/"+p.village+"/households", "")
		w.clock.Add(time.Hour)
		w.tokens = map[string]string{}
		w.as(t, "canbo", "GET", "/villages/"+p.village+"/households?limit=1", "")
		require.Equal(t, 2, w.recorded(t), "the next hour has its own")
	})
}
