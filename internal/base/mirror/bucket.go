package mirror

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/superfly/ltx"
)

// bucket is a place in an S3-compatible service. litestream brings a client of its
// own for these, and with it ten megabytes of a library; this one uses the library
// that the files use.
type bucket struct {
	core         minio.Core
	name, prefix string
}

const (
	// oneCall is how long one small request may take.
	oneCall = time.Minute
	// partSize is what is held in memory of a large object.
	partSize = 8 << 20
	// timestampKey is where litestream's own tools look for the moment of a file.
	timestampKey = "litestream-timestamp"
)

// openBucket reaches the service over transport; nil is the library's own.
func openBucket(ctx context.Context, address string, transport http.RoundTripper) (*bucket, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the address of the copy is no address") // its text may hold the secret
	}
	b := &bucket{}
	b.name, b.prefix, _ = strings.Cut(strings.Trim(u.Path, "/"), "/")
	if b.name == "" || u.Host == "" {
		return nil, fmt.Errorf("the address of the copy names no host or no bucket: %s", u.Redacted())
	}
	if b.prefix != "" {
		b.prefix += "/"
	}
	keys := credentials.NewEnvAWS()
	if u.User != nil {
		secret, _ := u.User.Password()
		keys = credentials.NewStaticV4(u.User.Username(), secret, "")
	}
	client, err := minio.New(u.Host, &minio.Options{Creds: keys, Secure: u.Query().Get("tls") != "off", Region: u.Query().Get("region"), Transport: transport})
	if err != nil {
		return nil, err
	}
	b.core = minio.Core{Client: client}
	ctx, cancel := context.WithTimeout(ctx, oneCall)
	defer cancel()
	if ok, err := client.BucketExists(ctx, b.name); err != nil {
		return nil, fmt.Errorf("the bucket of the copy: %w", err)
	} else if !ok {
		return nil, fmt.Errorf("there is no bucket %s", b.name)
	}
	return b, nil
}

// redacted is an address without its secret.
func redacted(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Redacted()
	}
	return "(address)"
}

func (b *bucket) pages() litestream.ReplicaClient { return &pages{b} }

func (b *bucket) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, oneCall)
	defer cancel()
	if _, err := b.put(ctx, unfinished, strings.NewReader(""), nil); err != nil {
		return err
	}
	return b.core.Client.RemoveObject(ctx, b.name, b.prefix+unfinished, minio.RemoveObjectOptions{})
}

// put lays an object down; small ones in one piece.
func (b *bucket) put(ctx context.Context, key string, r io.Reader, meta map[string]string) (int64, error) {
	how := minio.PutObjectOptions{ContentType: "application/octet-stream", UserMetadata: meta, PartSize: partSize, NumThreads: 1}
	begin, err := io.ReadAll(io.LimitReader(r, partSize))
	if err != nil {
		return 0, err
	}
	size := int64(-1)
	if len(begin) < partSize {
		size, how.DisableMultipart = int64(len(begin)), true
	}
	info, err := b.core.Client.PutObject(ctx, b.name, b.prefix+key, io.MultiReader(bytes.NewReader(begin), r), size, how)
	return info.Size, err
}

func (b *bucket) get(ctx context.Context, key string, offset, size int64) (io.ReadCloser, error) {
	var how minio.GetObjectOptions
	if offset > 0 || size > 0 {
		last := int64(0) // to the end
		if size > 0 {
			last = offset + size - 1
		}
		if err := how.SetRange(offset, last); err != nil {
			return nil, err
		}
	}
	r, _, _, err := b.core.GetObject(ctx, b.name, b.prefix+key, how)
	return r, gone(err)
}

// gone is fs.ErrNotExist for an object that is not there.
func gone(err error) error {
	if code := minio.ToErrorResponse(err).Code; err != nil && (code == "NoSuchKey" || code == "NotFound") {
		return fs.ErrNotExist
	}
	return err
}

func (b *bucket) putFile(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error {
	call, cancel := context.WithTimeout(ctx, oneCall)
	defer cancel()
	info, err := b.core.StatObject(call, b.name, b.prefix+filesFolder+"/"+name, minio.StatObjectOptions{})
	if err == nil && info.Size == size {
		return nil
	}
	if err = gone(err); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	from, err := open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer from.Close()
	_, err = b.put(ctx, filesFolder+"/"+name, from, nil)
	return err
}

func (b *bucket) fetchFiles(ctx context.Context, into string) error {
	root, err := newRoot(into)
	if err != nil {
		return err
	}
	defer root.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	below := b.prefix + filesFolder + "/"
	for o := range b.core.Client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: below, Recursive: true}) {
		if o.Err != nil {
			return o.Err
		}
		name := strings.TrimPrefix(o.Key, below)
		if !fs.ValidPath(name) || !filepath.IsLocal(filepath.FromSlash(name)) || strings.HasPrefix(path.Base(name), ".") {
			continue // not laid down by us
		}
		if err := putFile(root, name, o.Size, func() (io.ReadCloser, error) { return b.get(ctx, filesFolder+"/"+name, 0, 0) }); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// pages lays litestream's files down in a bucket, where its own client would.
type pages struct{ b *bucket }

var _ litestream.ReplicaClient = (*pages)(nil)

func (p *pages) Type() string               { return "s3" }
func (p *pages) Init(context.Context) error { return nil }
func (p *pages) SetLogger(*slog.Logger)     {}

func (p *pages) key(level int, from, to ltx.TXID) string {
	return fmt.Sprintf("%s/%04x/%s", pagesFolder, level, ltx.FormatFilename(from, to))
}

func (p *pages) LTXFiles(ctx context.Context, level int, seek ltx.TXID, exact bool) (ltx.FileIterator, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	below := fmt.Sprintf("%s%s/%04x/", p.b.prefix, pagesFolder, level)
	var found []*ltx.FileInfo
	for o := range p.b.core.Client.ListObjects(ctx, p.b.name, minio.ListObjectsOptions{Prefix: below, Recursive: true}) {
		if o.Err != nil {
			return nil, o.Err
		}
		from, to, err := ltx.ParseFilename(path.Base(o.Key))
		if err != nil || from < seek {
			continue
		}
		at := o.LastModified.UTC()
		if exact {
			if at, err = p.moment(ctx, o.Key, at); err != nil {
				return nil, err
			}
		}
		found = append(found, &ltx.FileInfo{Level: level, MinTXID: from, MaxTXID: to, Size: o.Size, CreatedAt: at})
	}
	return ltx.NewFileInfoSliceIterator(found), ctx.Err()
}

// moment is when the database wrote what a file holds.
func (p *pages) moment(ctx context.Context, key string, otherwise time.Time) (time.Time, error) {
	info, err := p.b.core.StatObject(ctx, p.b.name, key, minio.StatObjectOptions{})
	if err != nil {
		return otherwise, err
	}
	for name, value := range info.UserMetadata {
		if strings.EqualFold(name, timestampKey) {
			if at, err := time.Parse(time.RFC3339Nano, value); err == nil {
				return at, nil
			}
		}
	}
	return otherwise, nil
}

func (p *pages) OpenLTXFile(ctx context.Context, level int, from, to ltx.TXID, offset, size int64) (io.ReadCloser, error) {
	return p.b.get(ctx, p.key(level, from, to), offset, size)
}

func (p *pages) WriteLTXFile(ctx context.Context, level int, from, to ltx.TXID, r io.Reader) (*ltx.FileInfo, error) {
	var begin bytes.Buffer
	h, _, err := ltx.PeekHeader(io.TeeReader(r, &begin))
	if err != nil {
		return nil, err
	}
	at := time.UnixMilli(h.Timestamp).UTC()
	size, err := p.b.put(ctx, p.key(level, from, to), io.MultiReader(&begin, r), map[string]string{timestampKey: at.Format(time.RFC3339Nano)})
	if err != nil {
		return nil, err
	}
	return &ltx.FileInfo{Level: level, MinTXID: from, MaxTXID: to, Size: size, CreatedAt: at}, nil
}

func (p *pages) DeleteLTXFiles(ctx context.Context, files []*ltx.FileInfo) error {
	for _, f := range files {
		if err := p.b.core.Client.RemoveObject(ctx, p.b.name, p.b.prefix+p.key(f.Level, f.MinTXID, f.MaxTXID), minio.RemoveObjectOptions{}); gone(err) != nil && !errors.Is(gone(err), fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (p *pages) DeleteAll(context.Context) error {
	return errors.New("the copy is not deleted by the program")
}
