package models

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestASignInByClassSecretIsForLearning walks the whole table: bound to a lesson,
// nobody may do more than learn, whatever the roles.
func TestASignInByClassSecretIsForLearning(t *testing.T) {
	pupil := Actor{Account: ID{1}, Person: ID{2}, Grants: []Grant{{Role: RoleStudent, Scope: ScopeSelf}}}
	bound, staff := pupil, Actor{Account: ID{3}, Person: ID{4}, Lesson: ID{9}}
	bound.Lesson = ID{9}
	for _, r := range Roles {
		staff.Grants = append(staff.Grants, Grant{Role: r, Scope: ScopeAll})
	}
	for action := range access {
		want, refusal := Allow(pupil, action)
		got, err := Allow(bound, action)
		if slices.Contains([]Action{ActWhoAmI, ActLearn, ActReadCourse}, action) {
			assert.NoError(t, refusal, action)
			assert.NoError(t, err, action)
			assert.Equal(t, want, got, action)
			continue
		}
		assert.Equal(t, "lesson_only", CodeOf(err), action)
		_, err = Allow(staff, action)
		assert.Equal(t, "lesson_only", CodeOf(err), action)
	}
	_, err := Allow(Actor{Lesson: ID{9}}, ActLearn)
	assert.Equal(t, KindUnauthenticated, KindOf(err), "nobody stays nobody")
}
