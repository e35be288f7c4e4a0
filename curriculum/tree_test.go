package curriculum

import (
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// dir is where the trial course stands below testdata/valid.
const dir = "self_protection/thcs/"

// validTree returns the trial course of testdata/valid, which has every kind of question, ready to be broken.
func validTree(t testing.TB) fstest.MapFS {
	t.Helper()
	tree := fstest.MapFS{}
	root := os.DirFS("testdata/valid")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		tree[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// with returns a copy of the tree in which old, which must stand in the file exactly once, is replaced.
func with(t testing.TB, tree fstest.MapFS, file, old, new string) fstest.MapFS {
	t.Helper()
	f, ok := tree[file]
	if !ok {
		t.Fatalf("no file %s", file)
	}
	if n := strings.Count(string(f.Data), old); n != 1 {
		t.Fatalf("%q stands in %s %d times, want once", old, file, n)
	}
	return put(tree, file, strings.Replace(string(f.Data), old, new, 1))
}

func put(tree fstest.MapFS, file, text string) fstest.MapFS {
	out := maps.Clone(tree)
	out[file] = &fstest.MapFile{Data: []byte(text)}
	return out
}

func mustLoad(t testing.TB, tree fs.FS) *Catalog {
	t.Helper()
	catalog, problems := Load(tree)
	if catalog == nil || len(problems) > 0 {
		t.Fatalf("want a clean catalog, got problems: %v", problems)
	}
	return catalog
}
