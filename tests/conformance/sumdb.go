// Checks a copy of a log's public files with the packages by which Go checks its checksum database.
//
// Usage: sumdb FOLDER, which holds: key, checkpoint, older (a smaller checkpoint), tile/…,
// entry (the bytes of one entry), inclusion.json and consistency.json (proofs as the site gives
// them). Ends with 0 when all of it checks.
package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// tiles reads the tiles that tlog asks for; it checks them against the root by itself.
type tiles struct{ folder string }

func (t tiles) Height() int { return height }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		// Go's paths name the height too, which C2SP leaves out as it is always 8.
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

type proof struct {
	Place int64    `json:"place"`
	Size  int64    `json:"size"`
	From  int64    `json:"from"`
	To    int64    `json:"to"`
	Proof []string `json:"proof"`
}

func (p proof) hashes() (hashes []tlog.Hash) {
	for _, digits := range p.Proof {
		var hash tlog.Hash
		if n, err := hex.Decode(hash[:], []byte(digits)); err != nil || n != len(hash) {
			fail("a hash of a proof", fmt.Errorf("%q", digits))
		}
		hashes = append(hashes, hash)
	}
	return hashes
}

func fail(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

func same(what string, got, want interface{}) {
	if fmt.Sprint(got) != fmt.Sprint(want) {
		fail(what, fmt.Errorf("%v is not %v", got, want))
	}
}

func open(folder, name string, verifier note.Verifier) tlog.Tree {
	data, err := os.ReadFile(filepath.Join(folder, name))
	fail(name, err)
	opened, err := note.Open(data, note.VerifierList(verifier))
	fail(name, err)
	lines := strings.Split(opened.Text, "\n")
	same(name+": lines", len(lines), 4)
	same(name+": origin", lines[0], verifier.Name())
	size, err := strconv.ParseInt(lines[1], 10, 64)
	fail(name+": size", err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	fail(name+": root", err)
	tree := tlog.Tree{N: size}
	same(name+": bytes of the root", copy(tree.Hash[:], root), len(tree.Hash))
	return tree
}

func read(folder, name string) (found proof) {
	data, err := os.ReadFile(filepath.Join(folder, name))
	fail(name, err)
	fail(name, json.Unmarshal(data, &found))
	return found
}

func main() {
	folder := os.Args[1]
	key, err := os.ReadFile(filepath.Join(folder, "key"))
	fail("key", err)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	fail("key", err)
	tree := open(folder, "checkpoint", verifier)
	older := open(folder, "older", verifier)

	reader := tlog.TileHashReader(tree, tiles{folder})
	// Reading every leaf makes tlog check every tile against the signed root.
	for place := int64(0); place < tree.N; place++ {
		_, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, place)})
		fail(fmt.Sprintf("leaf %d", place), err)
	}
	root, err := tlog.TreeHash(tree.N, reader)
	fail("root of the tiles", err)
	same("root of the tiles", root, tree.Hash)
	root, err = tlog.TreeHash(older.N, reader)
	fail("older root of the tiles", err)
	same("older root of the tiles", root, older.Hash)

	entry, err := os.ReadFile(filepath.Join(folder, "entry"))
	fail("entry", err)
	given := read(folder, "inclusion.json")
	same("inclusion: size", given.Size, tree.N)
	fail("inclusion", tlog.CheckRecord(
		given.hashes(), tree.N, tree.Hash, given.Place, tlog.RecordHash(entry)))
	own, err := tlog.ProveRecord(tree.N, given.Place, reader)
	fail("inclusion, made from the tiles", err)
	same("inclusion, made from the tiles", own, tlog.RecordProof(given.hashes()))

	given = read(folder, "consistency.json")
	same("consistency: sizes", []int64{given.From, given.To}, []int64{older.N, tree.N})
	fail("consistency", tlog.CheckTree(
		given.hashes(), tree.N, tree.Hash, older.N, older.Hash))
	proved, err := tlog.ProveTree(tree.N, older.N, reader)
	fail("consistency, made from the tiles", err)
	same("consistency, made from the tiles", proved, tlog.TreeProof(given.hashes()))

	fmt.Printf("%d leaves, %d entries before\n", tree.N, older.N)
}
