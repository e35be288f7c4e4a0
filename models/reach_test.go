package models

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A grant for one course opens nothing to whatever does not ask for a course.
func TestReachOfOneCourse(t *testing.T) {
	class, school, other := ID{1}, ID{2}, ID{3}
	actor := Actor{Account: ID{9}, Grants: []Grant{
		{Role: RoleModuleTeacher, Scope: ScopeClass, At: class, Course: "a"}, {Role: RoleModuleTeacher, Scope: ScopeSchool, At: school, Course: "b"},
		{Role: RoleInvigilator, Scope: ScopeClass, At: other},
	}}
	r, err := Allow(actor, ActRunSession)
	require.NoError(t, err)
	require.Equal(t, []ID{other}, r.Classes)
	require.Empty(t, r.Schools)
	require.Equal(t, []ID{other, class}, r.In("a").Classes)
	require.Equal(t, []ID{school}, r.In("b").Schools)
	require.Equal(t, []ID{other}, r.In("").Classes)
	require.Equal(t, []any{[]ID{other, class}, []ID{school}}, []any{r.Anywhere().Classes, r.Anywhere().Schools})
	for name, tt := range map[string]struct {
		class, school ID
		keys          []string
		all           bool
	}{
		"its class": {class, ID{7}, []string{"a"}, false}, "a class of its school": {ID{8}, school, []string{"b"}, false},
		"both": {class, school, []string{"a", "b"}, false}, "another": {ID{8}, ID{7}, nil, false}, "without a limit": {other, school, nil, true},
	} {
		keys, all := r.Courses(tt.class, tt.school)
		require.Equal(t, []any{tt.keys, tt.all}, []any{keys, all}, name)
	}
	_, err = Allow(actor, ActDecideLink)
	require.Equal(t, KindForbidden, KindOf(err))
	teach, err := Allow(actor, ActTeach)
	require.NoError(t, err)
	require.True(t, !teach.Empty() && len(teach.Classes) == 0)
}
